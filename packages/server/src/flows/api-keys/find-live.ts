import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { isOver } from '../../stores/credentials/live.ts'
import { findApiKey } from '../../stores/credentials/api-keys.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { findAccount, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { equalSecrets, sha256 } from '../../secrets/hashes/hash.ts'

/** A live API key with its account. */
export interface LiveKey {
  readonly account: Account
  readonly roles: readonly string[]
  readonly key: ApiKey
}

/** An API key by its id; with its secret, unless a token of the key has proved it. */
export interface KeyReference {
  readonly id: string
  readonly secret?: string
}

/** A live key with its account, or the code that explains its absence. */
export type FoundKey =
  | ({ readonly ok: true } & LiveKey)
  | { readonly ok: false; readonly code: ErrorCode }

/** Reads an API key and its account as they are now. */
export async function findLiveKey(
  { db, now }: Moment,
  { id, secret }: KeyReference,
): Promise<FoundKey> {
  const key = await findApiKey(db, id)
  if (key === undefined) return { ok: false, code: 'token_invalid' }
  if (secret !== undefined && !equalSecrets(sha256(secret), key.secret_sha256)) {
    return { ok: false, code: 'token_invalid' }
  }
  const account = await findAccount(db, key.account_id)
  if (account === undefined) return { ok: false, code: 'token_invalid' }
  const code = endOf({ account, key }, now)
  if (code !== undefined) return { ok: false, code }
  return { ok: true, account, key, roles: await rolesOf(db, account.id) }
}

/** Why a key is not live; `undefined` for a live one. */
export function endOf(
  { account, key }: Pick<LiveKey, 'account' | 'key'>,
  now: number,
): ErrorCode | undefined {
  if (account.status !== 'active') return 'account_locked'
  if (key.ended_at !== null) return key.end_code ?? 'session_ended'
  return isOver(key, now) ? 'token_expired' : undefined
}

/** The same. @throws KeyhavenError with the code of its end if the key is not live. */
export async function requireLiveKey(moment: Moment, reference: KeyReference): Promise<LiveKey> {
  const found = await findLiveKey(moment, reference)
  if (!found.ok) throw new KeyhavenError(found.code)
  return found
}
