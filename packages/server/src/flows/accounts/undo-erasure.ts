import type { AccountStatus } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { setStatus } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteErasure, findErasure } from '../../stores/personal-data/erasures.ts'
import { deleteLinksOfAccount } from '../../stores/links.ts'

/**
 * Undoes the erasure of a locked account: it gets the status that it had before (H39). What ended at
 * the request stays ended.
 * @returns that status; `undefined` if no erasure waits, or if its time has come: rows of the account
 * may be gone.
 */
export async function undoErasure(
  moment: Moment,
  account: Locked<Account>,
  { actor, reason }: { readonly actor: Actor; readonly reason?: string | undefined },
): Promise<AccountStatus | undefined> {
  const { db, now } = moment
  const erasure = await findErasure(db, account)
  if (erasure === undefined || erasure.erases_at <= now) return undefined
  const { former_status, former_reason } = erasure
  // An operator may have set a confirmed address meanwhile
  const isConfirmed = former_status === 'unverified' && account.email_verified === 1
  const to = isConfirmed ? 'active' : former_status
  await deleteErasure(db, account)
  await deleteLinksOfAccount(db, account, { purposes: ['erasure-undo'] })
  await setStatus(db, account, { status: to, reason: former_reason })
  await happened(moment, 'account.erasure_undone', {
    actor,
    account: account.id,
    reason,
    details: { to },
    mail: {
      template: 'erasure-undone',
      to: account.email,
      locale: localeFor(account, actor),
      values: { at: now },
    },
  })
  return to
}
