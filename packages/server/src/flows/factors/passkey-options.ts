import { KeyhavenError } from '@keyhaven/core/errors'
import type { ChallengeSubject } from '../../stores/factors/challenges.ts'
import { factorsOf } from '../../stores/factors/factors.ts'
import type { Context } from '../context.ts'
import { factorOptions } from './options.ts'

/** What the passkey is for, and whose it must be. */
export interface OwnPasskeys {
  readonly subject: ChallengeSubject
  readonly accountId: string
}

/**
 * Begins the use of a passkey of an account.
 * @returns the options of `navigator.credentials.get` as JSON.
 * @throws KeyhavenError `not_found` if the account has none.
 */
export function passkeyOptions(
  context: Pick<Context, 'database' | 'settings'>,
  { subject, accountId }: OwnPasskeys,
): Promise<Record<string, unknown>> {
  return context.database.transact(async (moment) => {
    const factors = await factorsOf(moment.db, accountId)
    if (!factors.some(({ kind }) => kind === 'passkey')) {
      const detail = 'This account has no passkey: use another second factor.'
      throw new KeyhavenError('not_found', { detail })
    }
    return factorOptions(context, moment, { subject, accountId })
  })
}
