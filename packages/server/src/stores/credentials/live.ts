import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { isOfEpoch } from './credentials.ts'
import type { Credential } from './credentials.ts'

/** Whether a row of `credentials` is live at a time in milliseconds, for a query. */
export function isLiveAt(now: number): RawBuilder<boolean> {
  return isLive(sql.raw('credentials.ended_at'), now)
}

/**
 * The same for rows that are found by their parent. The `+` keeps SQLite from using an index of `ended_at`, which it
 * would prefer: it then reads every live credential for each parent.
 */
export function isLiveBelow(now: number): RawBuilder<boolean> {
  return isLive(sql.raw('+credentials.ended_at'), now)
}

function isLive(endedAt: RawBuilder<unknown>, now: number): RawBuilder<boolean> {
  return sql<boolean>`(${endedAt} is null and ${isOfEpoch}
    and (credentials.idle_expires_at is null or credentials.idle_expires_at > ${now})
    and (credentials.absolute_expires_at is null or credentials.absolute_expires_at > ${now}))`
}

/** Whether a credential that was read is over: ended, or past one of its limits. */
export function isOver(
  one: Pick<Credential, 'ended_at' | 'idle_expires_at' | 'absolute_expires_at'>,
  now: number,
): boolean {
  if (one.ended_at !== null) return true
  return [one.idle_expires_at, one.absolute_expires_at].some((end) => end !== null && end <= now)
}
