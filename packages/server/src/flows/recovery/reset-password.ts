import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { Locked } from '../../database/locked.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import { applyPasswordPolicy } from '../../model/password-policy.ts'
import { findAccount, lockAccount, setPassword } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import type { Link } from '../../stores/links.ts'
import { keysInMail } from '../api-keys/in-mail.ts'
import { browserOf } from '../attempts/browser.ts'
import { completeAttempt } from '../attempts/complete.ts'
import type { CompletedAttempt } from '../attempts/complete.ts'
import type { Context } from '../context.ts'
import { endAll } from '../credentials/end-all.ts'
import { endEra } from '../credentials/end-era.ts'
import type { EndedCounts } from '../credentials/kinds.ts'
import { deviceBrowser } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { hasFactor } from '../../stores/factors/factors.ts'
import { canReset } from '../links/mail-reset.ts'
import { proveLink } from '../links/prove.ts'
import type { LinkProof } from '../links/prove.ts'
import { resumeFactors } from '../factors/resume.ts'
import { useLink } from '../links/use.ts'
import { revoking } from '../revocation/revoking.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { writeEffect } from '../tokens/write-ends.ts'
import { takeOver } from '../accounts/take-over.ts'

/** The token or the code of a mail, and the new password. */
export interface PasswordReset {
  readonly proof: LinkProof
  readonly password: string
  readonly flowCookies: readonly string[]
  readonly deviceCookies: readonly string[]
  /** The browser in words. */
  readonly browser: string | undefined
}

/** A password that was set: the flow cookie of what the browser has left, and its device cookie. */
export interface ResetPassword {
  readonly completed: CompletedAttempt | undefined
  readonly deviceCookie: string
}

/**
 * Sets another password by a link from a mail, and ends every session of the account. It opens
 * no session. The account forgets all devices but this browser, which it knows from now on: guesses of
 * others never keep the owner out of it. Only guesses at a second factor count there as on unknown browsers, until
 * one was right. If the address of the account was not confirmed, all that the account has ends first.
 * @throws KeyhavenError `link_invalid`, `link_expired`, `weak_password`, `breached_password`.
 */
export async function resetByLink(
  context: Context,
  { proof, password, flowCookies, deviceCookies, browser: words }: PasswordReset,
  actor: Actor,
): Promise<ResetPassword> {
  const { database, settings, tools } = context
  const browser = await database.read((moment) => browserOf(moment, flowCookies))
  const link = await proveLink(context, { purpose: 'reset', proof, browser })
  const owner = await database.read(({ db }) => findAccount(db, link.account_id ?? ''))
  if (!isOf(link, owner)) throw new KeyhavenError('link_invalid')
  applyPasswordPolicy(settings, password, owner)
  await tools.passwords.refuseBreached(password)
  const hash = await tools.passwords.hash('change', password)
  const { newDevice, ...reset } = await revoking(context, async (moment) => {
    const account = await lockAccount(moment.db, owner.id)
    await useLink(moment, link)
    if (!isOf(link, account)) throw new KeyhavenError('link_invalid')
    const ended = await replacePassword(context, moment, { account, hash, actor })
    const locale = localeFor(account, actor)
    const keys = await keysInMail(moment, account.id, locale)
    const values = { at: moment.now, keys, link: pageLink(settings, 'reset') }
    const mail = { template: 'password-changed', to: account.email, locale, values } as const
    const details = { ended }
    await happened(moment, 'password.reset', { actor, account: account.id, details, mail })
    const device = await deviceBrowser(moment, deviceCookies)
    await forgetDevices(moment.db, account, device.hashes)
    const { id, cookie, isNew } = await rememberDevice(moment, account, {
      browser: device,
      words,
      actor,
    })
    const completed = await completeAttempt(moment, browser, link.attempt_id)
    const isUnproved = isNew && (await hasFactor(moment.db, account.id))
    return { completed, deviceCookie: cookie, newDevice: isUnproved ? id : undefined }
  })
  await resumeFactors(context, owner, newDevice)
  return reset
}

/** Whether an account is as it was when the link was made. */
function isOf<A extends Account>(link: Link, account: A | undefined): account is A {
  return (
    account !== undefined &&
    canReset(account) &&
    account.id === link.account_id &&
    account.email_key === link.email_key &&
    account.credential_version === link.credential_version
  )
}

interface Replacement {
  readonly account: Locked<Account>
  readonly hash: string
  readonly actor: Actor
}

const reason = 'password reset'

async function replacePassword(
  {
    settings: {
      passwords: { resetEndsKeys },
    },
  }: Pick<Context, 'settings'>,
  moment: RevokingMoment,
  { account, hash, actor }: Replacement,
): Promise<EndedCounts> {
  // Another person may have made it, and the owner of the address has none of its credentials
  if (account.email_verified === 0 || account.status === 'unverified') {
    return (await takeOver(moment, { account, hash, reason }, actor)).ended
  }
  const version = await setPassword(moment.db, account, hash)
  const { status, status_reason: statusReason } = account
  const ending = { code: 'session_ended', actor, reason } as const
  const ended = resetEndsKeys
    ? await endEra(moment, { ...ending, account, by: 'reset', status, statusReason })
    : await endAll(moment, { account, by: 'resetSparingKeys' }, ending)
  await writeEffect(moment, { what: 'password', account: account.id, version })
  return ended
}
