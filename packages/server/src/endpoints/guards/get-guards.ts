import { listGuards } from '../../flows/guards/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { guardsAnswer } from './schemas.ts'

/** Lists guards with their connections and last reports. */
export const getGuards = guardedEndpoint({
  summary: 'The guards, with their connections and the last entry that each applied.',
  answers: { 200: guardsAnswer },
  query: listParameters,
  admits: 'machines',
  handle: async ({ context, query }) => {
    const { page } = readListQuery(query, [])
    return listAnswer(await listGuards(context.database, page, context))
  },
})
