import { KeyhavenError } from '@keyhaven/core/errors'
import * as z from 'zod'
import { trimmedLogin } from '../../model/canonical-login.ts'
import { listAccounts } from '../../flows/accounts/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery } from '../../http/bodies/query.ts'
import { accountsAnswer } from './schemas.ts'

const statuses = z.enum(['active', 'unverified', 'locked', 'disabled'])

/** Lists accounts, filtered by text and status. */
export const getAccounts = guardedEndpoint({
  summary: 'List accounts.',
  answers: { 200: accountsAnswer },
  query: [...listParameters, 'search', 'status'],
  admits: 'machines',
  handle: async ({ context, query }) => {
    const { page, filters } = readListQuery(query, ['search', 'status'])
    const status = statuses.optional().safeParse(filters.status)
    if (!status.success) {
      const message = `Use ${statuses.options.join(', ')}.`
      throw new KeyhavenError('invalid_request', { errors: [{ path: 'status', message }] })
    }
    const search = filters.search && trimmedLogin(filters.search)
    const filter = { search: search || undefined, status: status.data }
    return listAnswer(await listAccounts(context, page, filter))
  },
})
