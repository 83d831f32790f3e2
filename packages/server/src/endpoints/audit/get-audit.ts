import { UNKNOWN, parseAddress } from '@keyhaven/guard/kit'
import { eventNames } from '../../events/table.ts'
import { listAudit } from '../../flows/audit/list.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import {
  listAnswer,
  listParameters,
  readListQuery,
  refusedParameter,
  timeParameter,
} from '../../http/bodies/query.ts'
import { auditAnswer } from './schemas.ts'

const auditFilters = ['from', 'to', 'account', 'actor', 'action', 'address'] as const

/** Lists audit rows, filtered by time, account, actor, action or address. */
export const getAudit = guardedEndpoint({
  summary: 'The audit log.',
  answers: { 200: auditAnswer },
  query: [...listParameters, ...auditFilters],
  admits: 'machines',
  handle: async ({ context, query }) => {
    const { page, filters } = readListQuery(query, auditFilters)
    const { action, address, ...others } = filters
    if (action !== undefined && !(eventNames as readonly string[]).includes(action)) {
      throw refusedParameter('action', `Use one of ${eventNames.join(', ')}.`)
    }
    const from = timeParameter('from', filters.from)
    const to = timeParameter('to', filters.to)
    if (from !== undefined && to !== undefined && from > to) {
      throw refusedParameter('to', 'Use a time that is not before `from`.')
    }
    const filter = { ...others, action, from, to, address: recordedAddress(address) }
    return listAnswer(await listAudit(context, page, filter))
  },
})

/** An address in the spelling that the audit log stores. */
function recordedAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === UNKNOWN) return text
  const address = parseAddress(text)
  if (address !== undefined) return address.text
  throw refusedParameter('address', 'Use one network address, such as 203.0.113.7 or 2001:db8::7.')
}
