import { listTokens } from '../../flows/tokens/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { tokensAnswer } from './schemas.ts'

/** The record of tokens given out. */
export const getTokens = guardedEndpoint({
  summary: 'The record of tokens given out.',
  answers: { 200: tokensAnswer },
  query: [...listParameters, 'account', 'session'],
  handle: async ({ context, query }) => {
    const { page, filters } = readListQuery(query, ['account', 'session'])
    return listAnswer(await listTokens(context.database, page, filters))
  },
})
