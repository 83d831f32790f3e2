import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { lockAccount, requireReset } from '../../stores/accounts.ts'
import { deleteLinksOfAccount } from '../../stores/links.ts'
import { forgetDevices } from '../../stores/devices.ts'
import type { Context } from '../context.ts'
import { endEra } from '../credentials/end-era.ts'
import { blankMail } from '../links/blank-mail.ts'
import { proveLink } from '../links/prove.ts'
import { useLink } from '../links/use.ts'
import { revoking } from '../revocation/revoking.ts'
import { writeEffect } from '../tokens/write-ends.ts'
import { endFactors } from '../factors/older.ts'
import { useFactor } from '../factors/use.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import type { Link } from '../../stores/links.ts'
import { afterErasure } from './after-erasure.ts'
import { pauseAccount } from './pause.ts'
import { proveOlder, requireUnpaused } from './prove-older.ts'
import { replaceAddress } from './replace-address.ts'

/** The token of a mail, the second factor or the choice that came with it, and the browser that uses it. */
export interface EmailUndo {
  readonly token: string
  readonly proof: FactorProof | undefined
  readonly pause: boolean
  readonly from: SigningBrowser
}

/** The address that counts now, or that the account is paused. */
export type UndoneChange = { readonly email: string } | { readonly paused: true }

const reason = 'change of address undone'

/**
 * Brings a former address back by the link that it was mailed, also over later changes, whose links
 * end. Every session and every second factor since the change ends, and the next sign-in must reset the
 * password. An account that had a second factor before the change requires it; a change that was
 * proved by one which is gone is only paused (H4). The status of the account stays as it is.
 * @throws KeyhavenError `link_invalid`, `link_expired`, `second_factor_required`, `invalid_credentials`.
 */
export async function undoEmailChange(
  context: Context,
  { token, proof, pause, from }: EmailUndo,
  actor: Actor,
): Promise<UndoneChange> {
  const { deviceCookies = [], browser: words } = from
  const browser = { attempts: [] }
  const link = await proveLink(context, { purpose: 'email-undo', proof: { token }, browser })
  requireUnpaused(link)
  const checked = pause
    ? undefined
    : await proveOlder(context, { link, purpose: 'undo', proof, from }, actor)
  if (pause || (checked === undefined && wasProvedByFactor(link))) {
    await pauseAccount(context, { link, deviceCookies }, actor)
    return { paused: true }
  }
  const { account_id, email, email_key, created_at: since } = link
  return revoking(context, async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, account_id ?? '')
    await useLink(moment, link)
    if (account === undefined) throw new KeyhavenError('link_invalid')
    if (checked !== undefined) await useFactor(context, moment, { checked, account, words, actor })
    const factors = await endFactors(moment, { account, choice: { since }, since })
    await replaceAddress(moment, account, { email, email_key, email_verified: 1 })
    await deleteLinksOfAccount(db, account, { purposes: ['email-undo'], since })
    // Those of a thief among them (H20)
    await forgetDevices(db, account, deviceCookies.map(sha256))
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
      details: { ended, ...(factors > 0 && { factors }) },
      mail,
    })
    return { email }
  })
}

/** Whether the change that a link undoes was proved by a second factor. */
function wasProvedByFactor({ about }: Pick<Link, 'about'>): boolean {
  const { factor } = JSON.parse(about ?? '{}') as { readonly factor?: true }
  return factor === true
}
