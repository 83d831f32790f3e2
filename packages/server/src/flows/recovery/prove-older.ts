import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import type { Link } from '../../stores/links.ts'
import type { Context } from '../context.ts'
import { deviceBrowser, deviceOf } from '../devices/browser.ts'
import type { CheckedFactor } from '../factors/checked-factor.ts'
import { isOlder, namesOf, olderFactors } from '../factors/older.ts'
import { passkeyOptions } from '../factors/passkey-options.ts'
import { factorOf, proveFactor } from '../factors/prove.ts'
import { wrongFactor } from '../factors/use.ts'
import { proveLink } from '../links/prove.ts'

/** What a link from a mail undoes or denies. */
export type Undoing = 'undo' | 'deny'

/** A link, the second factor that came with it, and the browser that sent it. */
export interface OlderProof {
  readonly link: Link
  readonly purpose: Undoing
  readonly proof: FactorProof | undefined
  readonly from: Pick<SigningBrowser, 'deviceCookies'>
}

/**
 * Checks the second factor of a user who undoes or denies something by a link, which a thief of the mailbox
 * has too. It must be older than what is undone (H4).
 * @returns `undefined` if the account had none then, and none came.
 * @throws KeyhavenError `second_factor_required` without one; `invalid_credentials` for a wrong one, or one
 * that is not older; `rate_limited`.
 */
export async function proveOlder(
  context: Context,
  { link, purpose, proof, from: { deviceCookies = [] } }: OlderProof,
  actor: Actor,
): Promise<CheckedFactor | undefined> {
  const { id, account_id, created_at } = link
  const account = { id: account_id ?? '' }
  const { older, device } = await context.database.read(async (moment) => ({
    older: await olderFactors(moment, account.id, created_at),
    device: deviceOf(await deviceBrowser(moment, deviceCookies), account.id)?.id,
  }))
  if (proof === undefined) {
    if (older.factors.length === 0) return undefined
    throw new KeyhavenError('second_factor_required', {
      detail: 'This account has a second factor: use it, or pause the account.',
      attempt: { factors: namesOf(older) },
    })
  }
  const subject = { subject_id: id, purpose }
  const checked = await proveFactor(context, {
    account,
    proof,
    subject,
    device,
    // A newer one resets no count either: its owner could guess for ever
    isEnough: (right) => isOlder(older, right),
  })
  if (checked !== undefined) return checked
  const details = { factor: factorOf(proof) }
  const reason = purpose === 'undo' ? 'by a link that undoes a change' : 'by a link that denies'
  await context.database.transact((moment) =>
    happened(moment, 'second_factor.failed', { actor, account: account.id, reason, details }),
  )
  throw wrongFactor()
}

/**
 * Begins the passkey of a user who undoes or denies something.
 * @returns the options of `navigator.credentials.get`.
 * @throws KeyhavenError `link_invalid`, `link_expired`; `not_found` if the account has no passkey.
 */
export async function olderOptions(
  context: Context,
  { token, purpose }: { readonly token: string; readonly purpose: Undoing },
): Promise<Record<string, unknown>> {
  const link = await proveLink(context, {
    purpose: purpose === 'undo' ? 'email-undo' : 'deny',
    proof: { token },
    browser: { attempts: [] },
  })
  requireUnpaused(link)
  const subject = { subject_id: link.id, purpose }
  return passkeyOptions(context, { subject, accountId: link.account_id ?? '' })
}

/** @throws KeyhavenError `link_invalid` for a link that has paused its account. */
export function requireUnpaused({ about }: Pick<Link, 'about'>): void {
  const { paused } = JSON.parse(about ?? '{}') as { readonly paused?: true }
  if (paused) throw new KeyhavenError('link_invalid')
}
