import { findPasskey } from '../../../stores/factors/factors.ts'
import { challengeOf } from '../../../stores/factors/challenges.ts'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import type { Context } from '../../context.ts'
import type { CheckedFactor, FactorCheck } from '../checked-factor.ts'
import { readAssertion } from './assertion.ts'
import { usePasskey } from './use.ts'
import { verifyAssertion } from './verify-assertion.ts'

/** Checks the answer of a passkey. @returns `undefined` for a wrong one. */
export async function checkPasskey(
  { database, settings }: Pick<Context, 'database' | 'settings'>,
  { accountId, proof, subject }: FactorCheck<{ readonly passkey: PasskeyResponse }>,
): Promise<CheckedFactor | undefined> {
  const answer = readAssertion(proof.passkey)
  if (answer === undefined) return undefined
  const { passkey, challenge } = await database.read(async (moment) => ({
    passkey: await findPasskey(moment.db, answer.id),
    challenge: await challengeOf(moment, subject),
  }))
  if (passkey?.account_id !== accountId || challenge === undefined) return undefined
  const verified = await verifyAssertion(settings.factors, answer, { passkey, challenge })
  if (verified === undefined) return undefined
  const { userVerified, counter } = verified
  return {
    methods: userVerified ? ['pop', 'user'] : ['pop'],
    factorId: passkey.id,
    use: (moment, account) =>
      usePasskey({ settings }, moment, { account, passkey, subject, challenge, counter }),
  }
}
