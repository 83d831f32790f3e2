import type { AttemptFacts } from '@keyhaven/core/wire'
import type { Moment } from '../../../database/database.ts'
import type { Method } from '../../../model/sign-in/amr.ts'
import { hasFactor } from '../../../model/sign-in/amr.ts'
import { demandsFactor } from '../../../model/sign-in/demands-factor.ts'
import { rolesOf } from '../../../stores/accounts.ts'
import type { Context } from '../../context.ts'
import { factorNames } from '../../factors/names.ts'

/** What a sign-in still needs: one of these factors, or to set one up. */
export type DueFactor = Pick<AttemptFacts, 'factors' | 'enrol'>

/**
 * The second factor that a sign-in needs after these proofs; `undefined` if none. Every way in asks
 * this question before it opens a session (H3). A passkey whose device has verified its user is two
 * factors.
 */
export async function dueFactor(
  { settings }: Pick<Context, 'settings'>,
  { db }: Moment,
  { accountId, methods }: { readonly accountId: string; readonly methods: readonly Method[] },
): Promise<DueFactor | undefined> {
  const isComplete = hasFactor(methods) && methods.length > 1
  if (isComplete) return undefined
  const factors = await factorNames(db, accountId)
  if (factors.length > 0) return { factors }
  if (!demandsFactor(settings, await rolesOf(db, accountId))) return undefined
  return { factors, enrol: ['totp', 'passkey'] }
}
