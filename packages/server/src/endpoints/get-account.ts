import { KeyhavenError } from '@keyhaven/core/errors'
import { readAccount } from '../flows/read-account.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { holds } from '../http/scope.ts'
import { accountAnswer } from './answers.ts'

/** The `sub` resource. A foreign one does not exist for whoever may not read accounts. */
export const getAccount = guardedEndpoint({
  summary: 'One account.',
  answers: { 200: accountAnswer },
  handle: async ({ rooms, path, caller }) => {
    const { id = '' } = path
    if (id !== caller.account.id && !holds(rooms, caller, 'keyhaven:accounts:read')) {
      throw new KeyhavenError('not_found')
    }
    return { status: 200, body: await readAccount(rooms, id) }
  },
})
