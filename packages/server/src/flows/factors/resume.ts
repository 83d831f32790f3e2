import type { Account } from '../../stores/accounts.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import type { ContextPart } from '../context.ts'
import { attemptsOf } from '../../model/sign-in/attempts-of.ts'

/**
 * Lets unknown browsers try the second factors of an account again, whose user has confirmed a mail
 * (H15). A failure throws nothing: what was confirmed is committed.
 */
export async function resumeFactors(
  { tools: { limits, log } }: ContextPart<'tools', 'limits' | 'log'>,
  account: Pick<Account, 'id'>,
  device?: string,
): Promise<void> {
  try {
    await limits.resumeFactors(attemptsOf(account), device)
  } catch (error) {
    log.warn({ ...causeOf(error), account: account.id }, 'wrong second factors still count')
  }
}
