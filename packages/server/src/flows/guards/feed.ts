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

/** The guard to feed, the log as read after the request, and the position that the guard has. */
export interface Feeding {
  readonly guard: KnownGuard
  readonly version: FeedVersion
  readonly place: Reserved
  readonly position: Followed
  readonly has: AppliedMark | undefined
}

/**
 * Sends a guard everything it has missed, as events if the log still has all of it and as a
 * snapshot otherwise; then the keys and a heartbeat, and from there every new event. The next page
 * is read only after the guard has read the one before, so nothing piles up for a slow guard.
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
        // Without the database nothing correct can be sent; the guard reconnects
        context.tools.log.error(
          { ...causeOf(error), guard: guard.name },
          'the feed of a guard failed; the guard reconnects',
        )
        stream.leave()
        writer.drop()
      },
    )
    return () => stream.leave()
  }
}

/** Whether the log still has every entry after the guard's position. */
export function canResume({ log, seq, dropped }: Followed, has: AppliedMark): boolean {
  return has.log === log && has.seq >= dropped && has.seq <= seq
}

interface Behind extends Feeding {
  readonly stream: GuardListener
}

/** Writes, and waits until the guard has read it. @returns false if the feed is over. */
type Write = (text: string) => Promise<boolean>

async function catchUp(context: Needs, behind: Behind, write: Write): Promise<void> {
  const { guard, stream, version, position, has } = behind
  // The key may have been removed between its check and the opening of the stream
  if (!(await context.database.read(({ db }) => guardIds(db))).has(guard.id)) return stream.end()
  const resumes = has !== undefined && canResume(position, has)
  if (!resumes && !(await sendSnapshot(context, { position, version }, write))) return
  if (resumes) await sendEraAgain(context, { seq: has.seq, version }, write)
  let seq = resumes ? has.seq : position.seq
  while (stream.open && seq < context.listeners.guards.at.seq) {
    const page = await sendMissed(context, { after: seq, version }, write)
    // Some were deleted meanwhile; the guard reconnects to get a snapshot
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
 * A guard of the previous version is sent an era as several entries with one number. If it lost its
 * connection between them and requests what follows the number, the service sends all of them
 * again.
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

/**
 * Sends a page of the entries after a number.
 * @returns the last number; `undefined` if entries are missing.
 */
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
