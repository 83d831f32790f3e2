import { KeyhavenError } from '@keyhaven/core/errors'
import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { activeHolders, lockAccount, rolesOf, setStatus } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { findErasure } from '../../stores/personal-data/erasures.ts'
import { endEra } from '../credentials/end-era.ts'
import type { EndedCounts } from '../credentials/kinds.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import type { StatusChanged } from '../../model/status-changed.ts'
import { administered } from './administered.ts'

/** A new status for an account. */
export interface StatusChange {
  readonly accountId: string
  readonly status: 'active' | 'locked' | 'disabled'
  /** The reason, which a lock requires. */
  readonly reason?: string | undefined
  readonly held: Held
}

const NOTHING: EndedCounts = { sessions: 0, apiKeys: 0, delegations: 0 }

/**
 * Locks, disables or activates an account. Leaving `active` ends everything at once; activating
 * again revives nothing. For an account that is active already, nothing is written.
 */
export async function changeStatus(
  context: Revoking & Pick<Context, 'settings'>,
  { accountId, status, reason, held }: StatusChange,
  actor: Actor,
): Promise<StatusChanged> {
  const changed = await revoking(context, async (moment) => {
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    if (status === 'active' && account.status === 'active' && reason === undefined) {
      return { account: await administered(context, moment.db, account), ended: NOTHING }
    }
    await refuseErasing(moment.db, account)
    if (status !== 'active') await refuseLastAdmin(moment.db, accountId)
    const statusReason = reason ?? null
    await setStatus(moment.db, account, { status, reason: statusReason })
    const as = { code: 'account_locked', status, statusReason } as const
    const ending = { ...as, account, by: 'lock', actor, reason } as const
    const ended = status === 'active' ? NOTHING : await endEra(moment, ending)
    const details = { from: account.status, to: status, ended }
    await happened(moment, 'account.status_changed', { actor, account: accountId, reason, details })
    const after = { ...account, status, status_reason: statusReason }
    return { account: await administered(context, moment.db, after), ended }
  })
  // After this read every entry written above has its number. The change is committed, so a failing
  // read must not report it as failed
  const { seq } = await context.revocations.follow().catch(() => context.revocations.copy)
  return { ...changed, seq }
}

/**
 * The status of an account that will be erased stays as it is (H39).
 * @throws KeyhavenError `conflict`.
 */
async function refuseErasing(db: Connection, account: Locked<Account>): Promise<void> {
  if ((await findErasure(db, account)) === undefined) return
  throw new KeyhavenError('conflict', {
    detail:
      'This account will be erased: undo that first, with DELETE /accounts/{id}/erasure or `keyhaven accounts keep ACCOUNT`.',
  })
}

/**
 * Without an administrator only the command line could repair an installation.
 * @throws KeyhavenError `conflict`.
 */
export async function refuseLastAdmin(
  db: Parameters<typeof activeHolders>[0],
  accountId: string,
): Promise<void> {
  if (!(await rolesOf(db, accountId)).includes('admin')) return
  const admins = await activeHolders(db, 'admin')
  if (admins.length === 1 && admins[0] === accountId) {
    throw new KeyhavenError('conflict', {
      detail:
        'This is the last active administrator: give another account the role first, with `keyhaven accounts roles add ACCOUNT admin`.',
    })
  }
}
