import type { Context } from '../context.ts'
import type { CheckedFactor, FactorCheck } from './checked-factor.ts'

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
    const { checkTotp } = await import('./totp/check.ts')
    return checkTotp(context, { ...check, proof })
  }
  if ('recoveryCode' in proof) {
    const { checkRecoveryCode } = await import('./recovery-codes/check.ts')
    return checkRecoveryCode(context, { ...check, proof })
  }
  const { checkPasskey } = await import('./passkeys/check.ts')
  return checkPasskey(context, { ...check, proof })
}
