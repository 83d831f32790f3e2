import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { lockAccount, requireReset } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteLinksOfAccount } from '../../stores/links.ts'
import { findErasure } from '../../stores/personal-data/erasures.ts'
import { undoErasure } from '../accounts/undo-erasure.ts'
import type { Context } from '../context.ts'
import { endEra } from '../credentials/end-era.ts'
import { blankMail } from '../links/blank-mail.ts'
import { proveLink } from '../links/prove.ts'
import { useLink } from '../links/use.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import { writeEffect } from '../tokens/write-ends.ts'
import { replaceAddress } from './replace-address.ts'

type Needs = Revoking & Pick<Context, 'keys' | 'settings'>

const reason = 'change of address undone'

/**
 * Brings a former address back by the link that it was mailed, also over later changes, whose links
 * end. Every session ends, and the next sign-in must reset the password (H4). The status of the
 * account stays as it is.
 * @returns the address that counts now.
 * @throws KeyhavenError `link_invalid`, `link_expired`.
 */
export async function undoEmailChange(
  context: Needs,
  { token }: { readonly token: string },
  actor: Actor,
): Promise<{ readonly email: string }> {
  const browser = { cookie: '', sha256: '', attempts: [] }
  const link = await proveLink(context, { purpose: 'email-undo', proof: { token }, browser })
  const { account_id, email, email_key, created_at: since } = link
  return revoking(context, async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, account_id ?? '')
    await useLink(moment, link)
    if (account === undefined) throw new KeyhavenError('link_invalid')
    await replaceAddress(moment, account, { email, email_key, email_verified: 1 })
    await deleteLinksOfAccount(db, account, { purposes: ['email-undo'], since })
    const version = account.credential_version + 1
    await requireReset(db, account, version)
    const { status, status_reason: statusReason } = await afterErasure(moment, {
      account: { ...account, email, email_key, email_verified: 1 },
      since,
      actor,
    })
    const ending = { code: 'session_ended', actor, reason } as const
    const ended = await endEra(moment, { ...ending, account, by: () => true, status, statusReason })
    await writeEffect(moment, { what: 'password', account: account.id, version })
    const isOther = account.email_key !== email_key
    const send = { to: account.email, locale: localeFor(account, actor) }
    const mail = isOther
      ? ({ ...send, template: 'email-restored', values: { at: now } } as const)
      : blankMail(email)
    await happened(moment, 'email.change_undone', {
      actor,
      account: account.id,
      details: { ended },
      mail,
    })
    return { email }
  })
}

interface Since {
  readonly account: Locked<Account>
  /** When the undone change was made. */
  readonly since: number
  readonly actor: Actor
}

/** Undoes an erasure that was requested since a change (H39). @returns the status that counts now. */
async function afterErasure(
  moment: Moment,
  { account, since, actor }: Since,
): Promise<Pick<Account, 'status' | 'status_reason'>> {
  const erasure = await findErasure(moment.db, account)
  if (erasure === undefined || erasure.requested_at < since) return account
  const status = await undoErasure(moment, account, { actor })
  return status === undefined ? account : { status, status_reason: erasure.former_reason }
}
