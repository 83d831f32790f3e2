import { KeyhavenError } from '@keyhaven/core/errors'
import type { FactorName } from '@keyhaven/core/wire'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context, ContextPart } from '../context.ts'
import { attemptsOf } from '../../model/sign-in/attempts-of.ts'
import type { CheckedFactor, FactorCheck } from './checked-factor.ts'
import { checkFactor } from './check.ts'

/** A second factor of an account, and the device under which wrong ones are counted. */
export interface CountedFactor extends Omit<FactorCheck, 'accountId'> {
  readonly account: Pick<Account, 'id'>
  /** A device that the account knows; `undefined` for another browser. */
  readonly device: string | undefined
  /** Whether a right one is good enough; any is if this is left out. Another counts as wrong. */
  readonly isEnough?: (checked: CheckedFactor) => boolean
}

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> &
  ContextPart<'tools', 'limits' | 'metrics'>

/**
 * Checks a second factor. It is counted before, over all attempts of the account; a right one resets the
 * count, and one that could not be checked is taken out of it (H15).
 * @param countToo Counts it in its attempt as well, and returns what takes it out of that count.
 * @returns `undefined` for a wrong one.
 * @throws KeyhavenError `rate_limited`, and as `countToo` does.
 */
export async function proveFactor(
  context: Needs,
  { account, proof, subject, device, isEnough = () => true }: CountedFactor,
  countToo: () => Promise<() => Promise<void>> = async () => async () => {},
): Promise<CheckedFactor | undefined> {
  const { limits, metrics } = context.tools
  const factor = factorOf(proof)
  const counts = { account: attemptsOf(account), factor, device }
  const counted = await limits.countFactor(counts).catch((error: unknown) => {
    const isLimited = error instanceof KeyhavenError && error.code === 'rate_limited'
    if (isLimited) metrics.secondFactors.add({ factor, outcome: 'limited' })
    throw error
  })
  const refunds = [counted.refund]
  let checked: CheckedFactor | undefined
  try {
    refunds.push(await countToo())
    const right = await checkFactor(context, { accountId: account.id, proof, subject })
    checked = right !== undefined && isEnough(right) ? right : undefined
  } catch (error) {
    for (const refund of refunds) await refund()
    throw error
  }
  if (checked !== undefined) await counted.reset()
  metrics.secondFactors.add({ factor, outcome: checked === undefined ? 'wrong' : 'accepted' })
  return checked
}

/** The kind of a proof. */
export function factorOf(proof: FactorProof): FactorName {
  if ('totp' in proof) return 'totp'
  return 'passkey' in proof ? 'passkey' : 'recovery_code'
}
