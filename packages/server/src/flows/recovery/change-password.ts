import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newSecret } from '../../secrets/random.ts'
import { setPassword } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { pageLink } from '../../model/page-link.ts'
import { applyPasswordPolicy } from '../../model/password-policy.ts'
import { keysInMail } from '../api-keys/in-mail.ts'
import { proveChange, requireFactor } from './prove-change.ts'
import { endAll } from '../credentials/end-all.ts'
import type { EndedCounts } from '../credentials/kinds.ts'
import { writeTokenEnds } from '../tokens/write-ends.ts'
import { renewLocked, valuesFor } from '../sessions/renew.ts'
import type { RenewedSession, Renewing } from '../sessions/renew.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { replaceCookie } from '../sessions/replace-cookie.ts'
import type { LockedLive } from '../sessions/lock-live.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'
import type { ContextPart } from '../context.ts'

/** The session that changes the password, the current password and the new one. */
export interface PasswordChange {
  readonly live: LiveSession
  /** Without a second factor it is the proof. */
  readonly current: string | undefined
  readonly password: string
  /** Of the browser that changes it, which stays known. */
  readonly deviceCookies: readonly string[]
}

/** The session that stays, with its new credentials. */
export interface ChangedPassword {
  readonly sessionCookie: string
  readonly session: RenewedSession
}

/**
 * Changes the password. Every other session ends, and this one gets new credentials in the same
 * transaction, so that a failing database can't leave it without any.
 */
export async function changePassword(
  context: Revoking & Renewing & ContextPart<'tools', 'passwords' | 'limits' | 'mail'>,
  { live, current, password, deviceCookies }: PasswordChange,
  actor: Actor,
): Promise<ChangedPassword> {
  const { account, session } = live
  context.tools.passwords.requireRoom('change')
  const devices = deviceCookies.map(sha256)
  await proveChange(context, { live, current, devices }, actor)
  applyPasswordPolicy(context.settings, password, account)
  await context.tools.passwords.refuseBreached(password)
  const hash = await context.tools.passwords.hash('change', password)
  const sessionCookie = newSecret()
  const values = await valuesFor(context, live)
  const renewed = await revoking(context, async (moment) => {
    // Of two simultaneous changes one wins: the other's proof is of a password that no longer
    // counts (S10)
    const locked = await lockLiveSession(moment, live)
    await requireFactor(context, moment.db, locked)
    const version = await setPassword(moment.db, locked.account, hash)
    const ended = await endOthers(moment, { ...locked, version }, actor)
    await forgetDevices(moment.db, locked.account, devices)
    const locale = localeFor(locked.account, actor)
    const keys = await keysInMail(moment, account.id, locale)
    const kept = await replaceCookie(moment, locked, sessionCookie)
    await happened(moment, 'password.changed', {
      actor,
      account: account.id,
      session: session.id,
      details: { ended },
      mail: {
        template: 'password-changed',
        to: locked.account.email,
        locale,
        values: { at: moment.now, keys, link: pageLink(context.settings, 'reset') },
      },
    })
    return renewLocked(context, moment, { live: kept, values, extend: true })
  })
  return { sessionCookie, session: renewed }
}

/** Ends what a password change ends, and the tokens of the session that stays. */
async function endOthers(
  moment: RevokingMoment,
  { account, session, version }: LockedLive & { readonly version: number },
  actor: Actor,
): Promise<EndedCounts & { readonly tokens: number }> {
  const ending = { code: 'session_ended', actor, reason: 'password changed' } as const
  const affected = { account, by: 'passwordChange', keep: session.id } as const
  const ended = await endAll(moment, affected, ending)
  const effect = { what: 'password', account: account.id, version } as const
  const tokens = await writeTokenEnds(moment, account, { credentialId: session.id, effect })
  return { ...ended, tokens }
}
