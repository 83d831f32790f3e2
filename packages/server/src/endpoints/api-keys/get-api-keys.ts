import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { apiKeysAnswer } from './schemas.ts'

/** Lists the caller's API keys. */
export const getApiKeys = guardedEndpoint({
  summary: 'My API keys, without their secrets.',
  answers: { 200: apiKeysAnswer },
  query: listParameters,
  handle: async ({ context, query, caller }) => {
    const { listApiKeys } = await import('../../flows/acts.ts')
    const { page } = readListQuery(query, [])
    return listAnswer(await listApiKeys(context, caller.account.id, page))
  },
})
