import { lockAccounts, setStatus } from '../../stores/accounts.ts'
import { deleteErasure, insertErasure } from '../../stores/personal-data/erasures.ts'
import type { ContextPart } from '../context.ts'
import { endEra } from '../credentials/end-era.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'

/** Accounts looked up in one transaction. */
const BATCH = 500

/** The time of the request of an erasure that is repeated. */
export const AGAIN = 0

/**
 * Lets accounts be erased again that this installation has erased, and that a restored database has
 * again (H28). All that they have issued since the restore ends.
 */
export async function eraseAgain(
  context: Revoking & ContextPart<'tools', 'erasures'>,
): Promise<void> {
  const ids = await context.tools.erasures.read()
  for (let at = 0; at < ids.length; at += BATCH) await plan(context, ids.slice(at, at + BATCH))
}

function plan(context: Revoking, ids: readonly string[]): Promise<void> {
  return revoking(context, async (moment) => {
    const { db, now } = moment
    for (const account of await lockAccounts(db, ids)) {
      const { status: former_status, status_reason: former_reason } = account
      const erasure = { requested_at: AGAIN, erases_at: now, former_status, former_reason }
      await setStatus(db, account, { status: 'disabled', reason: null })
      await deleteErasure(db, account)
      await insertErasure(db, account, erasure)
      const ending = { code: 'account_locked', by: 'erasure', actor: {} } as const
      const as = { status: 'disabled', statusReason: null, erasure } as const
      await endEra(moment, { account, ...ending, ...as })
    }
  })
}
