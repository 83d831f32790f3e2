import * as z from 'zod'
import { endingReason } from '../../http/bodies/ending.ts'
import { reason } from '../../http/bodies/members.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Ends an API key of any account. */
export const deleteAccountApiKey = guardedEndpoint({
  summary: 'End an API key of an account, and all that was made from it.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  admits: 'machines',
  handle: async ({ context, path, query, body, caller, actor }) => {
    const { endApiKey } = await import('../../flows/acts.ts')
    const end = {
      accountId: path['id'] ?? '',
      keyId: path['key'] ?? '',
      held: scopesNow(context, caller),
      reason: endingReason(readQuery(query, ['reason']), body),
    }
    await endApiKey(context, end, actor)
    return { status: 204 }
  },
})
