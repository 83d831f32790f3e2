import { readAccount } from '../../flows/accounts/read.ts'
import { listSessions } from '../../flows/sessions/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { isPerson } from '../../http/callers/any-caller.ts'
import { sessionsAnswer } from './schemas.ts'

/** Lists the sessions of any account. */
export const getAccountSessions = guardedEndpoint({
  summary: 'The sessions of an account.',
  answers: { 200: sessionsAnswer },
  query: listParameters,
  admits: 'machines',
  handle: async ({ context, query, path, caller }) => {
    const { page } = readListQuery(query, [])
    const { id } = await readAccount(context, path['id'] ?? '')
    const of = { accountId: id, current: isPerson(caller) ? caller.session.id : undefined }
    return listAnswer(await listSessions(context.database, page, of))
  },
})
