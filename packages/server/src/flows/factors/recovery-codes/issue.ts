import { randomInt } from 'node:crypto'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import type { Keys } from '../../../model/keys.ts'
import { hmac } from '../../../secrets/hashes/hash.ts'
import type { Account } from '../../../stores/accounts.ts'
import { replaceRecoveryCodes } from '../../../stores/factors/recovery-codes.ts'

/** Codes that an account gets at a time. */
const CODES = 10

/** Signs of a code: 50 random bits in Crockford's Base32, which has no I, L, O and U. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 10

/** Gives a locked account ten new recovery codes; former ones no longer count. */
export async function issueRecoveryCodes(
  { keys }: { readonly keys: Keys },
  { db, now }: Moment,
  account: Locked<Account>,
): Promise<readonly string[]> {
  const codes = new Set<string>()
  while (codes.size < CODES) codes.add(newRecoveryCode())
  const hashes = [...codes].map((code) => recoveryCodeHmac(keys, account.id, code))
  await replaceRecoveryCodes(db, account, { hashes, now })
  return [...codes]
}

/**
 * The stored form of a code. A key makes it useless to a reader of the database, so a fast hash is
 * enough. Case, spaces and hyphens don't matter, and O, I and L are read as 0 and 1.
 */
export function recoveryCodeHmac({ factors }: Keys, accountId: string, code: string): string {
  const typed = code
    .replace(/[\s\p{Pd}]+/gu, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return hmac(factors, `recovery ${accountId} ${typed}`)
}

function newRecoveryCode(): string {
  const code = Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')
  return `${code.slice(0, 5)}-${code.slice(5)}`
}
