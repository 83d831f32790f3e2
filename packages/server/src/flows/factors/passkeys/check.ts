import type { Context } from '../../context.ts'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import type { CheckedFactor, FactorCheck } from '../checked-factor.ts'

/** Checks the answer of a passkey. @returns `undefined` for a wrong one. */
export async function checkPasskey(
  _context: Pick<Context, 'database' | 'settings'>,
  _check: FactorCheck<{ readonly passkey: PasskeyResponse }>,
): Promise<CheckedFactor | undefined> {
  return undefined
}
