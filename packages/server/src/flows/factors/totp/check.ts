import { factorsOf, useStep } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import type { CheckedFactor, FactorCheck } from '../checked-factor.ts'
import { openTotpSecret, stepOf } from './secret.ts'

/** Checks the code of an authenticator app. A step that was used, or one before it, is wrong. */
export async function checkTotp(
  { database, keys }: Pick<Context, 'database' | 'keys'>,
  { accountId, proof }: Omit<FactorCheck<{ readonly totp: string }>, 'subject'>,
): Promise<CheckedFactor | undefined> {
  const { factors, now } = await database.read(async (moment) => ({
    factors: await factorsOf(moment.db, accountId),
    now: moment.now,
  }))
  for (const { id, kind, secret, counter } of factors) {
    if (kind !== 'totp') continue
    const step = stepOf(openTotpSecret(keys, id, secret), proof.totp, now)
    if (step === undefined || step <= counter) continue
    return {
      methods: ['otp'],
      factorId: id,
      use: ({ db, now: at }, account) => useStep(db, account, { id, step, at }),
    }
  }
  return undefined
}
