import type { FeedMark } from '@keyhaven/core/wire'
import { rateLimited, streamLimits } from '../../config/limits.ts'
import type { Reserved } from '../../feed/guard-connections.ts'
import { positionText, parsePosition } from '../../feed/position-file.ts'
import { feedVersionOf } from '../../feed/sent-entries.ts'
import type { Stream } from '../../feed/event-writer.ts'
import { feedGuard } from '../../flows/guards/feed.ts'
import { isAhead, noteApplied } from '../../flows/guards/note-applied.ts'
import { readSnapshot } from '../../flows/revocation/read-snapshot.ts'
import { guardKeyEndpoint } from '../../http/endpoint.ts'
import type { Answer, Call } from '../../http/endpoint.ts'
import { eventStream } from '../../http/answers/event-stream.ts'
import { readQuery, refusedParameter } from '../../http/bodies/query.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import { entryAnswer, positionAnswer, snapshotAnswer, snapshotPageAnswer } from './schemas.ts'
import { jwksAnswer } from '../../http/answers/shapes.ts'

/**
 * The feed of revocations: server-sent events, or a snapshot in pages of JSON for guards that poll.
 */
export const getRevocations = guardKeyEndpoint({
  summary: 'The feed of revocations: server-sent events, or a snapshot in pages of JSON.',
  answers: { 200: snapshotPageAnswer },
  events: {
    snapshot: snapshotAnswer,
    revoke: entryAnswer,
    keys: jwksAnswer,
    heartbeat: positionAnswer,
  },
  query: ['cursor'],
  handle: (call) => {
    const accept = [call.request.header('accept')].flat().join(',')
    return /\btext\/event-stream\b/i.test(accept) ? events(call) : snapshot(call)
  },
})

/** Seconds, and the fact that the refusal names. */
const RETRY_AFTER = 5

const allTaken = `This guard key has ${streamLimits.guardStreams.points} open connections, the most that it may have: other guards need keys of their own.`

async function events(call: Call<unknown, KnownGuard>): Promise<Answer> {
  readQuery(call.query, [])
  const place = call.context.listeners.guards.reserve(call.caller.id)
  if (place === undefined) throw rateLimited(RETRY_AFTER, allTaken)
  try {
    const stream = await feed(call, place)
    // A response to HEAD has no stream
    if (call.request.method === 'HEAD') place.release()
    return eventStream(stream)
  } catch (error) {
    place.release()
    throw error
  }
}

async function feed(
  { context, request, caller, actor }: Call<unknown, KnownGuard>,
  place: Reserved,
): Promise<Stream> {
  const [last] = [request.header('last-event-id')].flat()
  const has = last === undefined ? undefined : parsePosition(last)
  if (has !== undefined && (await isAhead(context, has))) {
    await noteApplied(context, { guard: caller, ...has }, actor)
  }
  // The first event requires a read of the log begun after the request
  const position = await context.revocations.follow()
  const version = feedVersionOf(request.header('keyhaven-feed'))
  return feedGuard(context, { guard: caller, version, place, position, has })
}

async function snapshot({ context, request, query }: Call<unknown, KnownGuard>): Promise<Answer> {
  const { cursor } = readQuery(query, ['cursor'])
  const now = await context.revocations.follow()
  const { position, after } =
    cursor === undefined ? { position: now, after: 0 } : startOf(cursor, now)
  const version = feedVersionOf(request.header('keyhaven-feed'))
  const { page, last } = await readSnapshot(context, { position, after, version })
  const next = page.more ? [positionText(position), position.time, last].join(':') : null
  return { status: 200, body: { ...page, next } }
}

/** A cursor contains the position of its snapshot, so that every page returns the same one. */
function startOf(
  cursor: string,
  now: FeedMark,
): { readonly position: FeedMark; readonly after: number } {
  const [, start = '', time, after] = /^(.+):(\d{1,15}):(\d{1,15})$/.exec(cursor) ?? []
  const position = parsePosition(start)
  if (position?.log === now.log && position.seq <= now.seq) {
    return { position: { ...position, time: Number(time) }, after: Number(after) }
  }
  throw refusedParameter('cursor', 'Begin again without it: this log has no such snapshot.')
}
