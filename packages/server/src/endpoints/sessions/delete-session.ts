import * as z from 'zod'
import { endOneSession } from '../../flows/sessions/end-some.ts'
import { ownerOfSession } from '../../flows/sessions/owner.ts'
import { endingReason } from '../../http/bodies/ending.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { isMachine, ownsAccount } from '../../http/callers/any-caller.ts'
import { holds, requireScopeToSee, scopesNow } from '../../http/callers/scope.ts'
import { reason } from '../../http/bodies/members.ts'

/**
 * Ends one of the caller's sessions; with the scope, one of any account. Otherwise other sessions
 * are 404.
 */
export const deleteSession = judgingEndpoint({
  summary: 'End one of my sessions; with keyhaven:sessions:end, one of any account.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  admits: 'machines',
  // A session of another account, which is 404 for a caller without the scope
  needsProof: async ({ context, path, caller }) => {
    if (isMachine(caller)) await requireScopeToSee(context, caller, 'keyhaven:sessions:end')
    if (!(await holds(context, caller, 'keyhaven:sessions:end'))) return false
    const owner = await ownerOfSession(context, path['id'] ?? '')
    return owner !== undefined && !ownsAccount(caller, owner)
  },
  handle: async ({ context, path, query, body, caller, actor }) => {
    const ending = {
      sessionId: path['id'] ?? '',
      accountId:
        isMachine(caller) || (await holds(context, caller, 'keyhaven:sessions:end'))
          ? undefined
          : caller.account.id,
      held: scopesNow(context, caller),
      reason: endingReason(readQuery(query, ['reason']), body),
    }
    await endOneSession(context, ending, actor)
    return { status: 204 }
  },
})
