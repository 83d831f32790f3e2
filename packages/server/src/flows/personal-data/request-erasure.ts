import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { Locked } from '../../database/locked.ts'
import type { NewMail } from '../../mail/templates.ts'
import { pageLink } from '../../model/page-link.ts'
import { lockAccount, setStatus } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { findErasure, insertErasure } from '../../stores/personal-data/erasures.ts'
import { refuseLastAdmin } from '../accounts/change-status.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'
import { endEra } from '../credentials/end-era.ts'
import { issueLink } from '../links/issue.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/** An account to be erased, and why, if another person requests it. */
export interface ErasureRequest {
  readonly accountId: string
  readonly reason?: string | undefined
  readonly held: Held
}

/** When an account is erased. */
export interface PlannedErasure {
  readonly erasesAt: string
}

type Needs = Revoking & Pick<Context, 'keys' | 'settings'>

/**
 * Ends all access of an account at once, and lets a job erase it after the grace time. Its owner is
 * mailed a link to undo it, also if an administrator requested it. A second request changes nothing.
 * @throws KeyhavenError `not_found`, `insufficient_scope`, `conflict` for the last administrator (H22).
 */
export function requestErasure(
  context: Needs,
  { accountId, reason, held }: ErasureRequest,
  actor: Actor,
): Promise<PlannedErasure> {
  const { access, eraseAfter } = context.settings
  return revoking(context, async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(access, db, { account, held })
    const planned = await findErasure(db, account)
    if (planned !== undefined) return { erasesAt: new Date(planned.erases_at).toISOString() }
    await refuseLastAdmin(db, accountId)
    const { status: from, status_reason: former_reason } = account
    const erases_at = now + eraseAfter * 1000
    const erasure = { requested_at: now, erases_at, former_status: from, former_reason }
    await insertErasure(db, account, erasure)
    await setStatus(db, account, { status: 'disabled', reason: reason ?? null })
    const ending = { code: 'account_locked', by: 'erasure', actor, reason } as const
    const as = { status: 'disabled', statusReason: null, erasure } as const
    const ended = await endEra(moment, { account, ...ending, ...as })
    const erasesAt = new Date(erases_at).toISOString()
    const details = { from, erasesAt, ended }
    const mail = await mailOf(context, moment, { account, erases_at, actor })
    await happened(moment, 'account.erasure_requested', {
      actor,
      account: accountId,
      reason,
      details,
      mail,
    })
    return { erasesAt }
  })
}

interface Notice {
  readonly account: Locked<Account>
  readonly erases_at: number
  readonly actor: Actor
}

async function mailOf(
  context: Needs,
  moment: RevokingMoment,
  { account, erases_at, actor }: Notice,
): Promise<NewMail<'erasure-requested' | 'erased'>> {
  const { email, email_key } = account
  const send = { to: email, locale: localeFor(account, actor) }
  const link = await issueLink(context, moment, {
    purpose: 'erasure-undo',
    email,
    email_key,
    account,
    attempt: undefined,
    sent: erases_at > moment.now,
    expiresAt: erases_at,
  })
  if (link === undefined) return { ...send, template: 'erased', values: { at: moment.now } }
  const url = pageLink(context.settings, 'erasure', link.token)
  return {
    ...send,
    template: 'erasure-requested',
    values: { link: url, at: erases_at },
    oneTime: link,
  }
}
