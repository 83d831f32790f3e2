import { readAccount, readAdministered } from '../../flows/accounts/read.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { isMachine } from '../../http/callers/any-caller.ts'
import { holds, requireScopeToSee } from '../../http/callers/scope.ts'
import { accountAnswer } from '../../http/answers/shapes.ts'
import { administeredAnswer } from './schemas.ts'
import * as z from 'zod'

/**
 * The resource named by `sub`, with more members for administrators. Other accounts are 404 without
 * their scope.
 */
export const getAccount = guardedEndpoint({
  summary: 'One account; with keyhaven:accounts:read any account, with roles and dates.',
  answers: { 200: () => z.union([administeredAnswer(), accountAnswer()]) },
  admits: 'all',
  handle: async ({ context, path, caller }) => {
    const { id = '' } = path
    if (await holds(context, caller, 'keyhaven:accounts:read')) {
      return { status: 200, body: await readAdministered(context, id) }
    }
    if (isMachine(caller) || id !== caller.account.id)
      await requireScopeToSee(context, caller, 'keyhaven:accounts:read')
    return { status: 200, body: await readAccount(context, id) }
  },
})
