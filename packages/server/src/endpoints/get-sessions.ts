import { listSessions } from '../flows/read-lists.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { listAnswer, readListQuery } from '../http/query.ts'

/** My devices. */
export const getSessions = guardedEndpoint({
  handle: async ({ rooms, url, caller }) => {
    const { page } = readListQuery(url, [])
    const of = { accountId: caller.account.id, current: caller.session.id }
    return listAnswer(await listSessions(rooms.database, page, of))
  },
})
