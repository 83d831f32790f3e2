import { assignRole } from '../../flows/accounts/assign-role.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { scopesNow } from '../../http/callers/scope.ts'

/** Adds a role to an account. */
export const putAccountRole = guardedEndpoint({
  summary: 'Add a role to an account.',
  answers: { 204: undefined },
  handle: async ({ context, path, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    await assignRole(context, { accountId, role, held: scopesNow(context, caller) }, actor)
    return { status: 204 }
  },
})
