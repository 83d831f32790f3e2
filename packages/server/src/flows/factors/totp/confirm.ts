import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import type { Account } from '../../../stores/accounts.ts'
import { confirmFactor, factorsOf, findFactor } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { issueRecoveryCodes } from '../recovery-codes/issue.ts'
import { openTotpSecret, stepOf } from './secret.ts'

/** Milliseconds from the secret to the code that confirms it. */
const LIFE = 15 * 60_000

/** The authenticator app and the code that it shows. */
export interface TotpConfirmation {
  readonly account: Locked<Account>
  readonly id: string
  readonly code: string
}

/**
 * Makes an authenticator app a factor of a locked account by its first code.
 * @returns ten recovery codes if it is the first factor.
 * @throws KeyhavenError `not_found` without such an enrolment; `invalid_credentials` for a wrong code.
 */
export async function confirmTotp(
  { keys }: Pick<Context, 'keys'>,
  moment: Moment,
  { account, id, code }: TotpConfirmation,
): Promise<{ readonly recoveryCodes: readonly string[] | undefined }> {
  const { db, now } = moment
  const found = await findFactor(db, { accountId: account.id, id })
  const isBegun = found?.kind === 'totp' && found.confirmed_at === null
  if (!isBegun || now - found.created_at > LIFE) throw new KeyhavenError('not_found')
  const step = stepOf(openTotpSecret(keys, id, found.secret), code, now)
  if (step === undefined) {
    throw new KeyhavenError('invalid_credentials', {
      detail: 'The code is not right. Enter the code that the app shows now.',
    })
  }
  const isFirst = (await factorsOf(db, account.id)).length === 0
  if (!(await confirmFactor(db, account, { id, counter: step, at: now }))) {
    throw new KeyhavenError('not_found')
  }
  return {
    recoveryCodes: isFirst ? await issueRecoveryCodes({ keys }, moment, account) : undefined,
  }
}
