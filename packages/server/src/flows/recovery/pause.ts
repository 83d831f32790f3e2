import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { lockAccount, pauseResets } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import { deleteLinksOfAccount, lockLinksById, setLinkAbout } from '../../stores/links.ts'
import type { Link } from '../../stores/links.ts'
import { endKeys } from '../api-keys/end-keys.ts'
import { endEra } from '../credentials/end-era.ts'
import { requireUnexpired } from '../links/prove.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'
import { afterErasure } from './after-erasure.ts'
import { requireUnpaused } from './prove-older.ts'

/** Milliseconds for which no mail resets the password of a paused account. */
const PAUSE = 7 * 24 * 60 * 60_000

/** The link of the mail, and the device cookies of the browser that uses it. */
export interface Pause {
  readonly link: Link
  readonly deviceCookies: readonly string[]
}

/**
 * Pauses an account whose user has no second factor at hand, or had one that is gone: its sessions end
 * with the API keys made since, and for 7 days no mail resets its password. Its password and second factor go on (H4). Until the link
 * expires its address stays reserved, and the link does nothing more.
 * @throws KeyhavenError `link_invalid`, `link_expired`.
 */
export async function pauseAccount(
  context: Revoking,
  { link, deviceCookies }: Pause,
  actor: Actor,
): Promise<void> {
  await revoking(context, async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, link.account_id ?? '')
    await usePausing(moment, link)
    if (account === undefined) throw new KeyhavenError('link_invalid')
    const until = now + PAUSE
    await pauseResets(db, account, until)
    await deleteLinksOfAccount(db, account, { purposes: ['reset', 'email-change', 'sign-in'] })
    await forgetDevices(db, account, deviceCookies.map(sha256))
    const since = link.created_at
    const { status, status_reason: statusReason } = await afterErasure(moment, {
      account,
      since,
      actor,
    })
    const reason = 'paused by its user'
    const ending = { code: 'session_ended', actor, reason } as const
    const by = 'passwordChange'
    // A thief may have made them
    const apiKeys = await endKeys(moment, { account, choice: { since } }, ending)
    const ended = await endEra(moment, { ...ending, account, by, status, statusReason })
    const of = { actor, account: account.id }
    const send = { template: 'paused', locale: localeFor(account, actor) } as const
    const values = { at: now, until }
    const mail = { ...send, to: account.email, values }
    await happened(moment, 'account.paused', {
      ...of,
      details: { ended: { ...ended, apiKeys }, by: link.purpose },
      mail,
    })
    if (link.email_key === account.email_key) return
    const former = { ...send, to: link.email, values }
    await happened(moment, 'account.pause_reported', { ...of, mail: former })
  })
}

/** Of two uses of a link at once, one finds it as it was. */
async function usePausing(moment: RevokingMoment, { id }: Link): Promise<void> {
  const [link] = await lockLinksById(moment.db, [id])
  if (link === undefined) throw new KeyhavenError('link_invalid')
  requireUnexpired(link, moment)
  requireUnpaused(link)
  const about = JSON.parse(link.about ?? '{}') as object
  await setLinkAbout(moment.db, link, JSON.stringify({ ...about, paused: true }))
}
