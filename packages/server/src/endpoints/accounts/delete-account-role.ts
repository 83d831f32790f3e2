import * as z from 'zod'
import { unassignRole } from '../../flows/accounts/assign-role.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { endingReason } from '../../http/bodies/ending.ts'
import { readQuery } from '../../http/bodies/query.ts'
import { scopesNow } from '../../http/callers/scope.ts'
import { reason } from '../../http/bodies/members.ts'

/** Removes a role from an account. */
export const deleteAccountRole = guardedEndpoint({
  summary: 'Remove a role from an account.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  handle: async ({ context, path, query, body, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    const why = endingReason(readQuery(query, ['reason']), body)
    const change = { accountId, role, held: scopesNow(context, caller), reason: why }
    await unassignRole(context, change, actor)
    return { status: 204 }
  },
})
