import { KeyhavenError } from '@keyhaven/core/errors'
import type { Connection } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { hasFactor } from '../../model/sign-in/amr.ts'
import type { Account } from '../../stores/accounts.ts'
import { devicesByCookie } from '../../stores/devices.ts'
import type { Context, ContextPart } from '../context.ts'
import { factorNames } from '../factors/names.ts'
import { STEP_UPS } from '../../model/sign-in/attempts-of.ts'
import { attemptAt, limitAttempts } from '../passwords/limit-attempts.ts'

/** Whether a second factor must prove who changes the password of an account. */
export async function needsFactor(
  { database }: Pick<Context, 'database'>,
  { id }: Pick<Account, 'id'>,
): Promise<boolean> {
  const factors = await database.read(({ db }) => factorNames(db, id))
  return factors.length > 0
}

/** The session that changes a password, and what it proves. */
export interface ChangeProof {
  readonly live: LiveSession
  readonly current: string | undefined
  /** Hashes of the device cookies of its browser. */
  readonly devices: readonly string[]
}

type Needs = Pick<Context, 'database' | 'settings'> &
  ContextPart<'tools', 'passwords' | 'limits' | 'mail'>

/**
 * Proves that the user of a session may change its password: by the current one, or, if the account has a
 * second factor, by that. Its route requires that this proof is fresh. A current password that is sent is
 * checked in any case.
 * @throws KeyhavenError `invalid_request`, `invalid_credentials`, `step_up_required`, `rate_limited`.
 */
export async function proveChange(
  context: Needs,
  { live, current, devices }: ChangeProof,
  actor: Actor,
): Promise<void> {
  const { database, tools } = context
  const { account, session } = live
  const { known, isFactor } = await database.read(async ({ db }) => ({
    known: await devicesByCookie(db, devices),
    isFactor: await requireFactor(context, db, live),
  }))
  if (current === undefined) {
    if (isFactor) return
    const message = 'The current password is missing: write it.'
    throw new KeyhavenError('invalid_request', { errors: [{ path: 'current', message }] })
  }
  const device = known.find(({ account_id }) => account_id === account.id)?.id
  // On an unknown device too a stranger has no session, and uses up nothing of the owner's (H15)
  const from = { address: actor.address, device: device ?? STEP_UPS }
  const attempt = attemptAt(context, account, from)
  const proved = await limitAttempts(context, attempt, async () => {
    if (await tools.passwords.verify('change', current, account.password_hash)) return account
    const of = { actor, account: account.id, session: session.id }
    await database.transact((moment) => happened(moment, 'password.change_failed', of))
    return undefined
  })
  if (proved !== undefined) return
  throw new KeyhavenError('invalid_credentials', {
    detail: 'The current password is not right: enter it again.',
  })
}

/**
 * Requires a session in which a second factor was proved, if the account has one.
 * @returns whether it has one.
 * @throws KeyhavenError `step_up_required`.
 */
export async function requireFactor(
  { settings }: Pick<Context, 'settings'>,
  db: Connection,
  { account, session }: Pick<LiveSession, 'account' | 'session'>,
): Promise<boolean> {
  const isFactor = (await factorNames(db, account.id)).length > 0
  if (isFactor && !hasFactor(JSON.parse(session.amr) as string[])) {
    throw new KeyhavenError('step_up_required', { maxAge: settings.stepUp })
  }
  return isFactor
}
