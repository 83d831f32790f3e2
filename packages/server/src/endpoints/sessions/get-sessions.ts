import { listSessions } from '../../flows/sessions/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { sessionsAnswer } from './schemas.ts'

/** Lists the caller's sessions. */
export const getSessions = guardedEndpoint({
  summary: 'My sessions.',
  answers: { 200: sessionsAnswer },
  query: listParameters,
  handle: async ({ context, query, caller }) => {
    const { page } = readListQuery(query, [])
    const of = { accountId: caller.account.id, current: caller.session.id }
    return listAnswer(await listSessions(context.database, page, of))
  },
})
