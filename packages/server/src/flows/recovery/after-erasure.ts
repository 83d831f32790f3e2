import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Actor } from '../../events/happened.ts'
import type { Account } from '../../stores/accounts.ts'
import { findErasure } from '../../stores/personal-data/erasures.ts'
import { undoErasure } from '../accounts/undo-erasure.ts'

/** An account, and since when another person may have acted in it. */
export interface Since {
  readonly account: Locked<Account>
  /** When the undone change was made. */
  readonly since: number
  readonly actor: Actor
}

/** Undoes an erasure that was requested since a change (H39). @returns the status that counts now. */
export async function afterErasure(
  moment: Moment,
  { account, since, actor }: Since,
): Promise<Pick<Account, 'status' | 'status_reason'>> {
  const erasure = await findErasure(moment.db, account)
  if (erasure === undefined || erasure.requested_at < since) return account
  const status = await undoErasure(moment, account, { actor })
  return status === undefined ? account : { status, status_reason: erasure.former_reason }
}
