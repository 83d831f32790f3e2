import { listGuards } from '../../flows/guards/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { guardsAnswer } from './schemas.ts'

/** Who listens to the feed. */
export const getGuards = guardedEndpoint({
  summary: 'Who listens to the feed, and what they have applied.',
  answers: { 200: guardsAnswer },
  query: listParameters,
  handle: async ({ context, query }) => {
    const { page } = readListQuery(query, [])
    return listAnswer(await listGuards(context.database, page, context))
  },
})
