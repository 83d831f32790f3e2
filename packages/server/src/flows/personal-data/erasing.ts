import { refusesRow } from '../../database/refuses-row.ts'
import type { Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { findAccount, lockAccount } from '../../stores/accounts.ts'
import { devicesOf } from '../../stores/devices.ts'
import {
  deleteAccount,
  deleteErasure,
  deleteOwned,
  dueErasures,
  findErasure,
} from '../../stores/personal-data/erasures.ts'
import { claimed, isOver, restAfter } from '../../stores/in-batches.ts'
import type { JobWork } from '../../stores/in-batches.ts'
import { createRefusedRows } from '../../stores/refused-rows.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import { attemptsOf, STEP_UPS } from '../../model/sign-in/attempts-of.ts'
import { eraseAudit } from '../audit/erase.ts'
import type { Context, ContextPart } from '../context.ts'
import type { Revoking } from '../revocation/revoking.ts'
import { AGAIN, eraseAgain } from './erase-again.ts'

/** Rows deleted in one transaction: an account with fewer is erased in one. */
const ROWS = 500

type Needs = Revoking &
  Pick<Context, 'keys'> &
  ContextPart<'tools', 'audit' | 'erasures' | 'limits' | 'log'>

/**
 * Erases accounts whose time has come. One with many rows takes several transactions, the last of
 * which deletes the account: until then it is disabled, and its erasure can't be undone. An account
 * whose rows the database refuses to delete is logged and left out, so that it stops no other.
 */
export function createErasing(context: Needs): JobWork {
  const { database, tools } = context
  const within = claimed<Moment>((work) => database.transact(work))
  const refused = createRefusedRows((account, error) =>
    tools.log.error(
      { ...causeOf(error), account },
      'the database refuses the erasure of an account',
    ),
  )
  const nextOf = async (moment: Moment): Promise<string | undefined> => {
    const ids = await dueErasures(moment, 1 + refused.size())
    return ids.find((id) => !refused.has(id))
  }
  let isRepeated = false
  return {
    isDue: async () => {
      // Nothing but a restore, and so a start, brings an erased account back
      if (!isRepeated) await eraseAgain(context)
      isRepeated = true
      return database.read(async (moment) => moment.trusted && (await nextOf(moment)) !== undefined)
    },
    work: async (run) => {
      while (!isOver(run)) {
        const id = await database.read(nextOf)
        if (id === undefined) return false
        try {
          await forgetCounts(context, id)
          const done = await within(run, (moment) => eraseSome(context, moment, id))
          if (done === undefined) return false
          run.count(done.rows)
          await restAfter(run, done, database)
        } catch (error) {
          if (!refusesRow(error)) throw error
          refused.add(id, error)
        }
      }
      return true
    },
  }
}

/** Deletes the counts of an account. They are beside its transaction: to delete one twice does no harm. */
async function forgetCounts({ database, tools }: Needs, id: string): Promise<void> {
  const [account, known] = await database.read(async ({ db }) => [
    await findAccount(db, id),
    await devicesOf(db, id),
  ])
  if (account === undefined) return
  const logins = [account.email_key, account.username_key].filter((key) => key !== null)
  await tools.limits.forget({
    account: attemptsOf(account),
    devices: [STEP_UPS, ...known.map((device) => device.id)],
    logins,
  })
}

/** Erases an account, or as many of its rows as one transaction may. @returns how many. */
async function eraseSome({ keys, tools }: Needs, moment: Moment, id: string): Promise<number> {
  const { db, now } = moment
  const account = await lockAccount(db, id)
  const erasure = account && (await findErasure(db, account))
  if (account === undefined || erasure === undefined || erasure.erases_at > now) return 0
  // A process of the previous version, which knows no erasures, has given it another status
  if (account.status !== 'disabled') {
    await deleteErasure(db, account)
    return 1
  }
  // A restored database may have the account again: then it is erased again. Noted only now, as an
  // account that is kept must not be erased by a later start
  await tools.erasures.note(id)
  const rows = await deleteOwned(db, account, ROWS)
  if (rows >= ROWS) return rows
  const logins = [account.email_key, account.username_key].flatMap((key) =>
    key === null ? [] : [JSON.stringify(unknownLogin({ keys }, key))],
  )
  const most = ROWS - rows
  const changed = await eraseAudit(db, tools.audit.key, { account, logins, most })
  if (changed >= most) return rows + changed
  await deleteAccount(db, account)
  const details = erasure.requested_at === AGAIN ? { repeated: true } : undefined
  await happened(moment, 'account.erased', { actor: {}, account: id, details })
  return rows + changed + 1
}
