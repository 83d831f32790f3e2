import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import type { Account } from '../../../stores/accounts.ts'
import {
  confirmFactor,
  countWrongCode,
  deleteFactors,
  ENROLMENT_LIFE,
  factorsOf,
  findFactor,
} from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { issueRecoveryCodes } from '../recovery-codes/issue.ts'
import { openTotpSecret, stepOf } from './secret.ts'

/** Wrong codes after which an enrolment is over. */
const TRIES = 10

/** The authenticator app and the code that it shows. */
export interface TotpConfirmation {
  readonly account: Locked<Account>
  readonly id: string
  readonly code: string
}

/** An authenticator app that is a factor now, with ten recovery codes if it is the first one. */
export interface ConfirmedTotp {
  readonly recoveryCodes: readonly string[] | undefined
}

/**
 * Makes an authenticator app a factor of a locked account by its first code. A session or an attempt
 * is proved no more than before by it: its user has just got the secret from this service.
 * @returns `undefined` for a wrong code. It is counted in this transaction, so the caller commits it,
 * and throws `wrongCode()` afterwards.
 * @throws KeyhavenError `not_found` without such an enrolment, and after ten wrong codes.
 */
export async function confirmTotp(
  { keys }: Pick<Context, 'keys'>,
  moment: Moment,
  { account, id, code }: TotpConfirmation,
): Promise<ConfirmedTotp | undefined> {
  const { db, now } = moment
  const found = await findFactor(db, { accountId: account.id, id })
  const isBegun = found?.kind === 'totp' && found.confirmed_at === null
  if (!isBegun || now - found.created_at > ENROLMENT_LIFE) throw new KeyhavenError('not_found')
  const step = stepOf(openTotpSecret(keys, id, found.secret), code, now)
  if (step === undefined) {
    if (found.counter + 1 >= TRIES) await deleteFactors(db, account, { id })
    else await countWrongCode(db, account, id)
    return undefined
  }
  const isFirst = (await factorsOf(db, account.id)).length === 0
  if (!(await confirmFactor(db, account, { id, counter: step, at: now }))) {
    throw new KeyhavenError('not_found')
  }
  return {
    recoveryCodes: isFirst ? await issueRecoveryCodes({ keys }, moment, account) : undefined,
  }
}

/** The refusal of a wrong code of an authenticator app that is being set up. */
export function wrongCode(): KeyhavenError {
  return new KeyhavenError('invalid_credentials', {
    detail: 'The code is not right. Enter the code that the app shows now.',
  })
}
