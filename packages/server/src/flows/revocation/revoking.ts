import type { Moment } from '../../database/database.ts'
import { appendRevocations } from '../../stores/revocations.ts'
import type { NewRevocation, Revocation } from '../../stores/revocations.ts'
import type { Context, ContextPart } from '../context.ts'

/**
 * A moment in which entries can be written; they take effect in this process once it is committed.
 */
export interface RevokingMoment extends Moment {
  /** The kinds of credentials, which decide what else ends. */
  readonly kinds: Context['kinds']
  revoke(entries: readonly NewRevocation[]): Promise<void>
}

/** What a flow needs to write entries. */
export type Appending = Pick<Context, 'database' | 'kinds'> &
  ContextPart<'revocations', 'copy' | 'unread'>

/** What a flow needs to revoke. */
export type Revoking = Appending & ContextPart<'revocations', 'follow'>

/**
 * Runs a transaction that revokes. This process refuses what it revoked before this resolves; pages
 * and guards are notified when the log is read.
 */
export async function revoking<T>(
  context: Revoking,
  work: (moment: RevokingMoment) => Promise<T>,
): Promise<T> {
  const { result, entries } = await appending(context, work)
  // A failing read is logged, and the periodic one repeats it
  if (entries > 0) context.revocations.follow().catch(() => undefined)
  return result
}

/**
 * Runs a transaction that revokes, without reading the log afterwards; `entries` counts what was
 * written.
 */
export async function appending<T>(
  { database, kinds, revocations: { copy: revocations, unread } }: Appending,
  work: (moment: RevokingMoment) => Promise<T>,
): Promise<{ readonly result: T; readonly entries: number }> {
  let written: Revocation[] = []
  const result = await database.append((moment) => {
    // If the database runs the work again, only the last run's entries exist
    written = []
    return work({
      ...moment,
      kinds,
      revoke: async (entries) => {
        written.push(...(await appendRevocations(moment.db, entries)))
      },
    })
  })
  for (const entry of written) revocations.add(entry)
  unread.add(written)
  return { result, entries: written.length }
}
