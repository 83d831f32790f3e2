import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { apiKeysAnswer } from './schemas.ts'

/** Lists the API keys of any account. */
export const getAccountApiKeys = guardedEndpoint({
  summary: 'The API keys of an account, without their secrets.',
  answers: { 200: apiKeysAnswer },
  query: listParameters,
  admits: 'machines',
  handle: async ({ context, query, path }) => {
    const { listApiKeys } = await import('../../flows/acts.ts')
    const { page } = readListQuery(query, [])
    return listAnswer(await listApiKeys(context, path['id'] ?? '', page))
  },
})
