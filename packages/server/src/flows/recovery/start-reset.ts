import { KeyhavenError } from '@keyhaven/core/errors'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import type { StartedReset } from '../../model/started-reset.ts'
import { lockAccount, pauseResets, requireReset } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'
import { endAll } from '../credentials/end-all.ts'
import { endLinks, issueLink, LINK_LIVES } from '../links/issue.ts'
import type { IssuedLink } from '../links/issue.ts'
import { canReset } from '../links/mail-reset.ts'
import { revoking } from '../revocation/revoking.ts'
import type { RevokingMoment, Revoking } from '../revocation/revoking.ts'
import { writeTokenEnds } from '../tokens/write-ends.ts'

/** The account whose password must be replaced, the rights of the actor, and the way of the link. */
export interface ResetStart {
  readonly accountId: string
  readonly held: Held
  readonly reason?: string | undefined
  /** `mailed`: to the account's address only. `printed`: the operator gets it. */
  readonly link: 'mailed' | 'printed'
}

type Needs = Revoking & Pick<Context, 'settings' | 'keys'>

/**
 * Makes a link with which the user of an account sets another password, and ends every session. No
 * operator chooses the password. The former one signs in no more. The link replaces all others.
 * @throws KeyhavenError `not_found`, `insufficient_scope`; `conflict` if no link can work.
 */
export async function startReset(
  context: Needs,
  { accountId, held, reason, link: way }: ResetStart,
  actor: Actor,
): Promise<StartedReset> {
  return revoking(context, async (moment) => {
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    requireUsable(moment, account, way)
    const { issued, version } = await replaceLinks(context, moment, account)
    await forgetDevices(moment.db, account)
    const ending = { code: 'session_ended', actor, reason: reason ?? 'password reset' } as const
    const counts = await endAll(moment, { account, by: 'passwordChange' }, ending)
    const effect = { what: 'password', account: account.id, version } as const
    const tokens = await writeTokenEnds(moment, account, { effect })
    const link = pageLink(context.settings, 'reset', issued.token)
    const to = { to: account.email, locale: localeFor(account, actor) }
    const mail =
      way === 'mailed'
        ? ({ ...to, template: 'reset-by-support', values: { link }, oneTime: issued } as const)
        : ({ ...to, template: 'reset-by-operator', values: { at: moment.now } } as const)
    const details = { link: way, ended: { ...counts, tokens } }
    await happened(moment, 'password.reset_started', {
      actor,
      account: account.id,
      reason,
      details,
      mail,
    })
    return { link, expiresAt: moment.now + LINK_LIVES.reset, ended: counts }
  })
}

/** @throws KeyhavenError `conflict` if the link could not be used, or would reach no one. */
function requireUsable(
  { sealMail }: RevokingMoment,
  account: Account,
  way: ResetStart['link'],
): void {
  if (!canReset(account)) {
    const detail = `The account is ${account.status}: unlock it first, because no new password opens it.`
    throw new KeyhavenError('conflict', { detail })
  }
  if (way === 'mailed' && sealMail === 'none') {
    const detail =
      'This service sends no mail: run `keyhaven accounts reset-password` on its server instead.'
    throw new KeyhavenError('conflict', { detail })
  }
}

/** Requires another password, and makes the one link that sets it. */
async function replaceLinks(
  { keys }: Pick<Context, 'keys'>,
  moment: RevokingMoment,
  account: Locked<Account>,
): Promise<{ readonly issued: IssuedLink; readonly version: number }> {
  const { db } = moment
  const { id, email, email_key } = account
  const version = account.credential_version + 1
  await requireReset(db, account, version)
  // Support has decided
  await pauseResets(db, account, null)
  // They are bound to the former version, and would leave this one no place (H13)
  const purpose = 'reset'
  await endLinks(moment, { email_key, purpose })
  const issued = await issueLink({ keys }, moment, {
    purpose,
    email,
    email_key,
    account: { id, credential_version: version },
    attempt: undefined,
    sent: true,
  })
  if (issued === undefined) throw new Error('the only link of an address has a place')
  return { issued, version }
}
