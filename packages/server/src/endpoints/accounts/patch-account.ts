import { KeyhavenError } from '@keyhaven/core/errors'
import * as z from 'zod'
import { changeProfile } from '../../flows/accounts/change-profile.ts'
import { changeStatus } from '../../flows/accounts/change-status.ts'
import { ownsAccount } from '../../http/callers/any-caller.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { requireScope, requireScopeToSee, scopesNow } from '../../http/callers/scope.ts'
import { locale, name, profile, username, statusChangeAnswer } from './schemas.ts'
import { reason } from '../../http/bodies/members.ts'
import { accountAnswer } from '../../http/answers/shapes.ts'

const body = z.strictObject({
  name: name.nullable(),
  username: username.nullable(),
  profile: profile.nullable(),
  locale: locale.nullable(),
  status: z.enum(['active', 'locked', 'disabled'], 'Use active, locked or disabled.').optional(),
  reason,
})

/** Changes profile members, or locks, disables or activates the account; never both in one call. */
export const patchAccount = judgingEndpoint({
  summary:
    'Change profile members (of others with keyhaven:accounts:write), or the status (with keyhaven:accounts:lock).',
  answers: { 200: () => z.union([accountAnswer(), statusChangeAnswer()]) },
  body,
  admits: 'machines',
  // Everything but one's own profile is administration
  needsProof: async ({ context, path, body: { status, reason: why }, caller }) => {
    if (status !== undefined || why !== undefined) {
      await requireScope(context, caller, 'keyhaven:accounts:lock')
      return true
    }
    if (ownsAccount(caller, path['id'])) return false
    await requireScopeToSee(context, caller, 'keyhaven:accounts:write')
    return true
  },
  handle: async ({ context, path, body: { status, reason: why, ...change }, caller, actor }) => {
    const { id: accountId = '' } = path
    const held = scopesNow(context, caller)
    if (status === undefined && why === undefined) {
      return { status: 200, body: await changeProfile(context, { accountId, change, held }, actor) }
    }
    if (status === undefined)
      throw invalid('status', 'The status is missing: write the one that the reason is for.')
    if (Object.values(change).some((value) => value !== undefined))
      throw invalid('status', 'Change the status and the profile in two calls.')
    if (status !== 'active' && why === undefined) {
      throw invalid('reason', 'The reason is missing: write one for the audit log.')
    }
    const changed = await changeStatus(context, { accountId, status, reason: why, held }, actor)
    return { status: 200, body: changed }
  },
})

function invalid(path: string, message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path, message }] })
}
