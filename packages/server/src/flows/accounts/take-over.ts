import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { lockAccount, setEmail, setPassword, setStatus } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import { deleteFactors, factorsOf } from '../../stores/factors/factors.ts'
import { replaceRecoveryCodes } from '../../stores/factors/recovery-codes.ts'
import { endEra } from '../credentials/end-era.ts'
import type { EndedCounts } from '../credentials/kinds.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { writeEffect } from '../tokens/write-ends.ts'

/** An unconfirmed account whose address a person has proved, and the hash of their password. */
export interface TakeOver {
  readonly account: Locked<Account>
  readonly hash: string
  readonly reason: string
}

/**
 * Gives an unconfirmed account to the person who owns its address. Its password, second
 * factors, sessions and keys end first: another person may have made them (H12).
 * @returns the account as it is now, and what ended.
 */
export async function takeOver(
  moment: RevokingMoment,
  { account, hash, reason }: TakeOver,
  actor: Actor,
): Promise<{ readonly account: Locked<Account>; readonly ended: EndedCounts }> {
  const { db } = moment
  const { id, status: from, email, email_key } = account
  const version = await setPassword(db, account, hash)
  await setEmail(db, account, { email, email_key, email_verified: 1 })
  const status = { status: 'active', reason: null } as const
  await setStatus(db, account, status)
  await forgetDevices(db, account)
  await dropFactors(moment, account, actor)
  const ending = { code: 'session_ended', actor, reason } as const
  const as = { account, by: () => true, status: status.status, statusReason: null }
  const ended = await endEra(moment, { ...ending, ...as })
  await writeEffect(moment, { what: 'password', account: id, version })
  if (from !== status.status) {
    const details = { from, to: status.status, ended }
    await happened(moment, 'account.status_changed', { actor, account: id, reason, details })
  }
  // The era is another one now
  return { account: (await lockAccount(db, id)) ?? account, ended }
}

/** A passkey of another person would open the account by itself, and an app would keep its owner out. */
async function dropFactors(
  moment: RevokingMoment,
  account: Locked<Account>,
  actor: Actor,
): Promise<void> {
  const { db, now } = moment
  const { length: factors } = await factorsOf(db, account.id)
  await deleteFactors(db, account, 'all')
  await replaceRecoveryCodes(db, account, { hashes: [], now })
  if (factors === 0) return
  await happened(moment, 'factor.dropped', { actor, account: account.id, details: { factors } })
}
