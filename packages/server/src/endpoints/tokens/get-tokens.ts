import { listTokens } from '../../flows/tokens/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { tokensAnswer } from './schemas.ts'

/** Lists issued tokens that have not expired. */
export const getTokens = guardedEndpoint({
  summary: 'The issued tokens.',
  answers: { 200: tokensAnswer },
  query: [...listParameters, 'account', 'session'],
  admits: 'machines',
  handle: async ({ context, query }) => {
    const { page, filters } = readListQuery(query, ['account', 'session'])
    return listAnswer(await listTokens(context.database, page, filters))
  },
})
