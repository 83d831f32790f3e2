import type { AppliedMark } from '@keyhaven/core/wire'
import type { Followed } from '../../feed/follow.ts'
import type { GuardStream, Reserved } from '../../feed/guard-listeners.ts'
import { markText } from '../../feed/position-file.ts'
import { revokeTexts } from '../../feed/sent-entries.ts'
import type { FeedVersion } from '../../feed/sent-entries.ts'
import { eventText } from '../../feed/event-writer.ts'
import type { Stream } from '../../feed/event-writer.ts'
import { guardIds } from '../../stores/guards.ts'
import { revocationsAfter } from '../../stores/revocations.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import { readSnapshot } from '../revocation/read-snapshot.ts'
import type { Rooms } from '../context.ts'

type Needs = Pick<Rooms, 'database' | 'streams' | 'follow' | 'log'>

/** Whom to feed, the log as it was read since the request came, and what the guard has already. */
export interface Feeding {
  readonly guard: KnownGuard
  readonly version: FeedVersion
  readonly place: Reserved
  readonly mark: Followed
  readonly has: AppliedMark | undefined
}

/**
 * Feeds a guard: what it lacks first, as events where the log still holds all of it and as a snapshot
 * otherwise; then the keys and a heartbeat, and from there what every guard is told. No page is read
 * before the one before it was taken, so nothing piles up for a slow listener.
 */
export function feedGuard(rooms: Needs, { guard, version, place, mark, has }: Feeding): Stream {
  return (sink) => {
    const stream = place.open(version, sink)
    const write = async (text: string): Promise<boolean> => {
      sink.write(Buffer.from(text))
      await sink.drained()
      return stream.open
    }
    catchUp(rooms, { guard, stream, version, place, mark, has }, write).catch((error: unknown) => {
      // Without the database nothing true can be said: the guard comes again
      rooms.log.error({ ...causeOf(error), guard: guard.name }, 'a guard could not be fed')
      stream.leave()
      sink.drop()
    })
    return () => stream.leave()
  }
}

/** Whether the log still holds every entry behind what the guard has. */
export function canResume({ log, seq, dropped }: Followed, has: AppliedMark): boolean {
  return has.log === log && has.seq >= dropped && has.seq <= seq
}

interface Behind extends Feeding {
  readonly stream: GuardStream
}

/** Writes, and waits until it was taken; false where the feed is over. */
type Write = (text: string) => Promise<boolean>

async function catchUp(rooms: Needs, behind: Behind, write: Write): Promise<void> {
  const { guard, stream, version, mark, has } = behind
  // The key may have been removed after it was looked up, before the stream had its place
  if (!(await rooms.database.read(({ db }) => guardIds(db))).has(guard.id)) return stream.end()
  const resumes = has !== undefined && canResume(mark, has)
  if (!resumes && !(await sendSnapshot(rooms, { mark, version }, write))) return
  if (resumes) await sendEraAgain(rooms, { seq: has.seq, version }, write)
  let seq = resumes ? has.seq : mark.seq
  while (stream.open && seq < rooms.streams.at.seq) {
    const page = await sendMissed(rooms, { after: seq, version }, write)
    // Some were dropped meanwhile: the guard comes again, for a snapshot
    if (page === undefined) return stream.end()
    seq = page
  }
  stream.join()
}

async function sendSnapshot(
  rooms: Needs,
  { mark, version }: Pick<Behind, 'mark' | 'version'>,
  write: Write,
): Promise<boolean> {
  for (let after = 0; ; ) {
    const { page, last } = await readSnapshot(rooms, { mark, after, version })
    const id = page.more ? undefined : markText(mark)
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
  rooms: Needs,
  { seq, version }: { readonly seq: number; readonly version: FeedVersion },
  write: Write,
): Promise<void> {
  if (version === 2) return
  const entries = await rooms.database.read(({ db }) => revocationsAfter(db, seq - 1, seq))
  const eras = entries.filter(({ kind }) => kind === 'era')
  if (eras.length > 0) await write(revokeTexts(version, rooms.streams.at.log, eras))
}

/** Sends a page of the entries behind a number; the answer is the last of them. */
async function sendMissed(
  rooms: Needs,
  { after, version }: { readonly after: number; readonly version: FeedVersion },
  write: Write,
): Promise<number | undefined> {
  const { log, seq } = rooms.streams.at
  const entries = await rooms.database.read(({ db }) => revocationsAfter(db, after, seq))
  const last = entries.at(-1)?.seq ?? seq
  if (last - after !== entries.length) return undefined
  await write(revokeTexts(version, log, entries))
  return last
}
