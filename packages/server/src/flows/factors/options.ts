import type { Moment } from '../../database/database.ts'
import type { ChallengeSubject } from '../../stores/factors/challenges.ts'
import type { Context } from '../context.ts'
import { assertionOptions } from './passkeys/assertion-options.ts'

/** What the answer belongs to, and whose passkeys may give it. */
export interface FactorOptions {
  readonly subject: ChallengeSubject
  readonly accountId: string | undefined
}

/**
 * Writes a challenge for the passkeys of an account, by code that is loaded when the first account
 * uses it.
 * @returns the options of `navigator.credentials.get` as JSON.
 */
export async function factorOptions(
  context: Pick<Context, 'settings'>,
  moment: Moment,
  request: FactorOptions,
): Promise<Record<string, unknown>> {
  return assertionOptions(context, moment, request)
}
