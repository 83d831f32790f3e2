import { KeyhavenError } from '@keyhaven/core/errors'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { lockAccount, requireReset } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { forgetDevice, forgetDevices } from '../../stores/devices.ts'
import type { Context } from '../context.ts'
import { endKeys } from '../api-keys/end-keys.ts'
import { endEra } from '../credentials/end-era.ts'
import type { EndedCounts } from '../credentials/kinds.ts'
import { endFactors } from '../factors/older.ts'
import { useFactor } from '../factors/use.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import { pauseAccount } from './pause.ts'
import { proveOlder, requireUnpaused } from './prove-older.ts'
import { proveLink } from '../links/prove.ts'
import { useLink } from '../links/use.ts'
import { revoking } from '../revocation/revoking.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { writeSessionEnd } from '../sessions/write-ends.ts'
import { writeEffect } from '../tokens/write-ends.ts'

/** The token of the mail about a sign-in, the second factor or the choice that came with it, and what ends. */
export interface Denial {
  readonly token: string
  readonly proof: FactorProof | undefined
  readonly pause: boolean
  /** Ends all that the account has, and requires another password. */
  readonly everything: boolean
  /** The browser that denies, which stays known. */
  readonly from: SigningBrowser
}

/** What the link of such a mail acts on. */
interface Denied {
  readonly session: string
  readonly device: string
}

const reason = 'denied by its user'

/**
 * Denies a sign-in: ends its session with all that was made in it, also second factors and API keys, and forgets all
 * devices but the one that denies (H4, H20). An account that had a second factor before requires it, or is
 * paused instead. The link works after a change of the password too, because the person who
 * signed in may have changed it.
 * @throws KeyhavenError `link_invalid`, `link_expired`, `second_factor_required`, `invalid_credentials`.
 */
export async function denySignIn(
  context: Context,
  { token, proof: factor, pause, everything, from }: Denial,
  actor: Actor,
): Promise<void> {
  const { deviceCookies = [], browser: words } = from
  const proof = { token }
  const link = await proveLink(context, { purpose: 'deny', proof, browser: { attempts: [] } })
  requireUnpaused(link)
  if (pause) return pauseAccount(context, { link, deviceCookies }, actor)
  const checked = await proveOlder(context, { link, purpose: 'deny', proof: factor, from }, actor)
  const { session, device } = JSON.parse(link.about ?? '{}') as Denied
  const since = link.created_at
  await revoking(context, async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, link.account_id ?? '')
    await useLink(moment, link)
    if (account?.email_key !== link.email_key) throw new KeyhavenError('link_invalid')
    if (checked !== undefined) await useFactor(context, moment, { checked, account, words, actor })
    const choice = everything ? { since } : { session }
    const factors = await endFactors(moment, { account, choice, since })
    // The denied browser may be the one that denies
    await forgetDevice(db, account, device)
    await forgetDevices(db, account, deviceCookies.map(sha256))
    const ending = { code: 'session_ended', actor, reason } as const
    const isEnded = await writeSessionEnd(moment, session, ending)
    const { sessions, apiKeys } = everything
      ? await endEverything(moment, account, actor)
      : { sessions: 0, apiKeys: await endKeys(moment, { account, choice: { session } }, ending) }
    const details = {
      ended: { sessions: Number(isEnded) + sessions, apiKeys },
      ...(everything && { everything }),
      ...(factors > 0 && { factors }),
    }
    await happened(moment, 'session.denied', { actor, account: account.id, session, details })
  })
}

/** @returns how much ended. */
async function endEverything(
  moment: RevokingMoment,
  account: Locked<Account>,
  actor: Actor,
): Promise<EndedCounts> {
  const { id, status, status_reason: statusReason } = account
  const version = account.credential_version + 1
  await requireReset(moment.db, account, version)
  const ending = { code: 'session_ended', actor, reason } as const
  const all = { account, by: () => true, status, statusReason }
  const ended = await endEra(moment, { ...ending, ...all })
  await writeEffect(moment, { what: 'password', account: id, version })
  return ended
}
