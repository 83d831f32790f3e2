import type { AppliedMark } from '@keyhaven/core/wire'
import type { Followed } from '../../feed/follow.ts'
import type { GuardListener, Reserved } from '../../feed/guard-connections.ts'
import { positionText } from '../../feed/position-file.ts'
import { revokeTexts } from '../../feed/sent-entries.ts'
import type { FeedVersion } from '../../feed/sent-entries.ts'
import { eventText } from '../../feed/event-writer.ts'
import type { Stream } from '../../feed/event-writer.ts'
import { guardIds } from '../../stores/guards.ts'
import { revocationsAfter } from '../../stores/revocations.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import { readSnapshot } from '../revocation/read-snapshot.ts'
import type { Context, ContextPart } from '../context.ts'

type Needs = Pick<Context, 'database'> &
  ContextPart<'listeners', 'guards'> &
  ContextPart<'revocations', 'follow'> &
  ContextPart<'tools', 'log'>

/** Whom to feed, the log as it was read since the request came, and what the guard has already. */
export interface Feeding {
  readonly guard: KnownGuard
  readonly version: FeedVersion
  readonly place: Reserved
  readonly position: Followed
  readonly has: AppliedMark | undefined
}

/**
 * Feeds a guard: what it lacks first, as events where the log still holds all of it and as a snapshot
 * otherwise; then the keys and a heartbeat, and from there what every guard is told. No page is read
 * before the one before it was taken, so nothing piles up for a slow listener.
 */
export function feedGuard(
  context: Needs,
  { guard, version, place, position, has }: Feeding,
): Stream {
  return (writer) => {
    const stream = place.open(version, writer)
    const write = async (text: string): Promise<boolean> => {
      writer.write(Buffer.from(text))
      await writer.flushed()
      return stream.open
    }
    catchUp(context, { guard, stream, version, place, position, has }, write).catch(
      (error: unknown) => {
        // Without the database nothing true can be said: the guard comes again
        context.tools.log.error(
          { ...causeOf(error), guard: guard.name },
          'a guard could not be fed',
        )
        stream.leave()
        writer.drop()
      },
    )
    return () => stream.leave()
  }
}

/** Whether the log still holds every entry behind what the guard has. */
export function canResume({ log, seq, dropped }: Followed, has: AppliedMark): boolean {
  return has.log === log && has.seq >= dropped && has.seq <= seq
}

interface Behind extends Feeding {
  readonly stream: GuardListener
}

/** Writes, and waits until it was taken; false where the feed is over. */
type Write = (text: string) => Promise<boolean>

async function catchUp(context: Needs, behind: Behind, write: Write): Promise<void> {
  const { guard, stream, version, position, has } = behind
  // The key may have been removed after it was looked up, before the stream had its place
  if (!(await context.database.read(({ db }) => guardIds(db))).has(guard.id)) return stream.end()
  const resumes = has !== undefined && canResume(position, has)
  if (!resumes && !(await sendSnapshot(context, { position, version }, write))) return
  if (resumes) await sendEraAgain(context, { seq: has.seq, version }, write)
  let seq = resumes ? has.seq : position.seq
  while (stream.open && seq < context.listeners.guards.at.seq) {
    const page = await sendMissed(context, { after: seq, version }, write)
    // Some were dropped meanwhile: the guard comes again, for a snapshot
    if (page === undefined) return stream.end()
    seq = page
  }
  stream.join()
}

async function sendSnapshot(
  context: Needs,
  { position, version }: Pick<Behind, 'position' | 'version'>,
  write: Write,
): Promise<boolean> {
  for (let after = 0; ; ) {
    const { page, last } = await readSnapshot(context, { position, after, version })
    const id = page.more ? undefined : positionText(position)
    if (!(await write(eventText('snapshot', page, id)))) return false
    if (!page.more) return true
    after = last
  }
}

/**
 * A guard of the version before is sent an era as several entries with one number. If it lost its
 * connection between them and requests what follows the number, the service sends all of them again.
 */
async function sendEraAgain(
  context: Needs,
  { seq, version }: { readonly seq: number; readonly version: FeedVersion },
  write: Write,
): Promise<void> {
  if (version === 2) return
  const entries = await context.database.read(({ db }) => revocationsAfter(db, seq - 1, seq))
  const eras = entries.filter(({ kind }) => kind === 'era')
  if (eras.length > 0) await write(revokeTexts(version, context.listeners.guards.at.log, eras))
}

/** Sends a page of the entries behind a number; the answer is the last of them. */
async function sendMissed(
  context: Needs,
  { after, version }: { readonly after: number; readonly version: FeedVersion },
  write: Write,
): Promise<number | undefined> {
  const { log, seq } = context.listeners.guards.at
  const entries = await context.database.read(({ db }) => revocationsAfter(db, after, seq))
  const last = entries.at(-1)?.seq ?? seq
  if (last - after !== entries.length) return undefined
  await write(revokeTexts(version, log, entries))
  return last
}
