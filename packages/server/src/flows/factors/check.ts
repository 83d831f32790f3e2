import type { Context } from '../context.ts'
import type { CheckedFactor, FactorCheck } from './checked-factor.ts'
import { checkTotp } from './totp/check.ts'
import { checkRecoveryCode } from './recovery-codes/check.ts'

/**
 * Checks a second factor outside of any transaction: a signature takes its time. Code that only some
 * accounts need is loaded when the first of them uses it.
 * @returns `undefined` for a wrong one.
 */
export async function checkFactor(
  context: Pick<Context, 'database' | 'keys' | 'settings'>,
  { proof, ...check }: FactorCheck,
): Promise<CheckedFactor | undefined> {
  if ('totp' in proof) {
    return checkTotp(context, { ...check, proof })
  }
  if ('recoveryCode' in proof) {
    return checkRecoveryCode(context, { ...check, proof })
  }
  const { checkPasskey } = await import('./passkeys/verify.ts')
  return checkPasskey(context, { ...check, proof })
}
