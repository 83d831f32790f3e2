import { assignRole } from '../../flows/accounts/assign-role.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { scopesNow } from '../../http/callers/scope.ts'

export const putAccountRole = guardedEndpoint({
  summary: 'Give an account a role.',
  answers: { 204: undefined },
  handle: async ({ context, path, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    await assignRole(context, { accountId, role, held: scopesNow(context, caller) }, actor)
    return { status: 204 }
  },
})
