import * as z from 'zod'
import { endingReason } from '../../http/bodies/ending.ts'
import { reason } from '../../http/bodies/members.ts'
import { readQuery, refusedParameter } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Removes all second factors of an account whose user has lost them. */
export const deleteAccountFactors = guardedEndpoint({
  summary: 'Remove all second factors of an account, and end all its sessions.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  handle: async ({ context, path, query, body, caller, actor }) => {
    const why = endingReason(readQuery(query, ['reason']), body)
    if (why === undefined) {
      throw refusedParameter('reason', 'The reason is missing: write one for the audit log.')
    }
    const held = scopesNow(context, caller)
    const { resetFactors } = await import('../../flows/acts.ts')
    await resetFactors(context, { accountId: path['id'] ?? '', held, reason: why }, actor)
    return { status: 204 }
  },
})
