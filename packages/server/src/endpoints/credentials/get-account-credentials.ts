import { readAccount } from '../../flows/accounts/read.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { ownsAccount } from '../../http/callers/any-caller.ts'
import { requireScopeToSee } from '../../http/callers/scope.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { credentialsAnswer } from './schemas.ts'

/** Lists everything that tokens of an account stand on. */
export const getAccountCredentials = guardedEndpoint({
  summary:
    'The live credentials of my account, oldest first; with keyhaven:sessions:read those of any account.',
  answers: { 200: credentialsAnswer },
  query: listParameters,
  admits: 'machines',
  handle: async ({ context, query, path, caller }) => {
    const { id: accountId = '' } = path
    const { page } = readListQuery(query, [], 'createdAt')
    const { listCredentials } = await import('../../flows/acts.ts')
    if (!ownsAccount(caller, accountId)) {
      await requireScopeToSee(context, caller, 'keyhaven:sessions:read')
      await readAccount(context, accountId)
    }
    return listAnswer(await listCredentials(context, accountId, page))
  },
})
