import { assignRole } from '../../flows/accounts/assign-role.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { scopesNow } from '../../http/callers/scope.ts'

export const putAccountRole = guardedEndpoint({
  summary: 'Give an account a role.',
  answers: { 204: undefined },
  handle: async ({ rooms, path, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    await assignRole(rooms, { accountId, role, held: scopesNow(rooms, caller) }, actor)
    return { status: 204 }
  },
})
