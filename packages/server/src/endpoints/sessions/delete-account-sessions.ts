import * as z from 'zod'
import { endSomeSessions } from '../../flows/sessions/end-some.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { endsEverything, endingReason } from '../../http/bodies/ending.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { reason } from '../../http/bodies/members.ts'

/** Ends all sessions of another account. */
export const deleteAccountSessions = guardedEndpoint({
  summary:
    'End all sessions of an account; with everything=true also everything else issued for it.',
  answers: { 204: undefined },
  query: ['everything', 'reason'],
  body: z.strictObject({ reason }),
  admits: 'machines',
  handle: async ({ context, path, query, body, caller, actor }) => {
    const parameters = readQuery(query, ['everything', 'reason'])
    const ending = {
      accountId: path['id'] ?? '',
      held: scopesNow(context, caller),
      everything: endsEverything(parameters),
      reason: endingReason(parameters, body),
    }
    await endSomeSessions(context, ending, actor)
    return { status: 204 }
  },
})
