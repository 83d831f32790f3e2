import type { AccountStatus } from '@keyhaven/core/wire'
import type { Connection } from '../database/database.ts'
import type { Erasure } from './personal-data/erasures.ts'

/**
 * What the transaction of an entry changed besides. A database that has lost the entry has lost
 * this too, so a process that knows the entry repeats it. Entries of kind `sid`, `jti` or `kid`
 * without an effect need none.
 */
export type Effect =
  | {
      /** An era ended: the account left `active`, or everything issued for it was ended. */
      readonly what: 'era'
      readonly account: string
      readonly status: AccountStatus
      readonly reason: string | null
      /** The era that began. */
      readonly next: string
      /** Sessions that ended with the era; guards of the previous version get these as entries. */
      readonly sessions: readonly string[]
      /** The erasure that was requested with it. */
      readonly erasure?: Omit<Erasure, 'account_id'> | undefined
    }
  | {
      /** The password was changed; `version` is the account's credential version since. */
      readonly what: 'password'
      readonly account: string
      readonly version: number
    }
  | { readonly what: 'role'; readonly account: string; readonly role: string }
  | { readonly what: 'guard'; readonly guard: string }
  | { readonly what: 'machine'; readonly machine: string }

/** A stored effect; `until` is that of its entry. */
export interface KeptEffect {
  readonly id: string
  readonly effect: Effect
  readonly until: number
}

/** Stores the effect of an entry. */
export async function insertEffect(
  db: Connection,
  { id, effect, until }: KeptEffect,
): Promise<void> {
  await db
    .insertInto('revocation_effects')
    .values({ id, effect: JSON.stringify(effect), until })
    .execute()
}

/** Effects by their ids. */
export async function findEffects(
  db: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Effect>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('revocation_effects')
    .select(['id', 'effect'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, effect }) => [id, JSON.parse(effect) as Effect]))
}
