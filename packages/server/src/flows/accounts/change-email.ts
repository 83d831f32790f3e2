import { KeyhavenError } from '@keyhaven/core/errors'
import type { AdministeredAccount } from '@keyhaven/core/wire'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { BLANK } from '../../mail/template-names.ts'
import { isTaken, lockAccount, setEmail, setStatus } from '../../stores/accounts.ts'
import { deleteLinksOfAccount } from '../../stores/links.ts'
import { emailKey, trimmedLogin } from '../../model/canonical-login.ts'
import type { Context } from '../context.ts'
import { administered } from './administered.ts'

/** Links that concern the address of an account. */
const addressLinks = ['verify', 'reset', 'email-change', 'email-undo'] as const

/**
 * Changes the address of an account for an operator, who vouches for it, so it counts as verified
 * (H23). Sessions and password stay, and no earlier change of it can be undone.
 */
export async function changeEmail(
  context: Pick<Context, 'settings' | 'database'>,
  { accountId, email }: { readonly accountId: string; readonly email: string },
  actor: Actor,
): Promise<AdministeredAccount> {
  const email_key = emailKey(email)
  if (email_key === undefined) {
    const message = 'This is not an e-mail address: write it like name@example.com.'
    throw new KeyhavenError('invalid_request', { errors: [{ path: 'email', message }] })
  }
  return context.database.transact(async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    const isOther = email_key !== account.email_key
    if (isOther && (await isTaken(moment, { email: email_key, username: null }, accountId))) {
      const detail =
        'Another account has this e-mail address, or may still bring it back: choose another, or change that account first.'
      throw new KeyhavenError('conflict', { detail })
    }
    const address = { email: trimmedLogin(email), email_key, email_verified: 1 }
    await setEmail(db, account, address)
    // The operator has decided, whatever was requested or can be undone
    await deleteLinksOfAccount(db, account, { purposes: addressLinks })
    // The audit log stores ids, not addresses
    await happened(moment, 'email.changed', {
      actor,
      account: accountId,
      mail: {
        // Another spelling of the same address is no news to its owner
        ...(isOther
          ? { template: 'email-changed' as const, values: { at: moment.now } }
          : { template: BLANK, values: {} }),
        to: account.email,
        locale: localeFor(account, actor),
      },
    })
    const after = { ...account, ...address }
    if (account.status !== 'unverified') return administered(context, db, after)
    await setStatus(db, account, { status: 'active', reason: null })
    const ended = { sessions: 0, apiKeys: 0, delegations: 0 }
    const details = { from: account.status, to: 'active', ended }
    await happened(moment, 'account.status_changed', { actor, account: accountId, details })
    return administered(context, db, { ...after, status: 'active', status_reason: null })
  })
}
