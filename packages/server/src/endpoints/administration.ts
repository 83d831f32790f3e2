import { KeyhavenError } from '@keyhaven/core/errors'
import { z } from 'zod'
import { parseAddress, UNKNOWN } from '../config/address.ts'
import { actions } from '../events.ts'
import { trimmedLogin } from '../flows/canonical-login.ts'
import { assignRole, unassignRole } from '../flows/assign-role.ts'
import { endSessions } from '../flows/end-sessions.ts'
import { listGuards } from '../flows/list-guards.ts'
import { readAccount } from '../flows/read-account.ts'
import { listAccounts, listAudit, listSessions, listTokens } from '../flows/read-lists.ts'
import { revokeToken } from '../flows/revoke-token.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { everythingOf, reasonOf } from '../http/ending.ts'
import {
  listAnswer,
  listParameters,
  readListQuery,
  readQuery,
  refusedParameter,
  timeParameter,
} from '../http/query.ts'
import { scopesNow } from '../http/scope.ts'
import {
  accountsAnswer,
  auditAnswer,
  guardsAnswer,
  sessionsAnswer,
  tokensAnswer,
} from './answers.ts'
import { reason } from './members.ts'

const statuses = z.enum(['active', 'unverified', 'locked', 'disabled'])

/** Finds accounts. */
export const getAccounts = guardedEndpoint({
  summary: 'Find accounts.',
  answers: { 200: accountsAnswer },
  query: [...listParameters, 'search', 'status'],
  handle: async ({ rooms, query }) => {
    const { page, filters } = readListQuery(query, ['search', 'status'])
    const status = statuses.optional().safeParse(filters.status)
    if (!status.success) {
      const message = `Use ${statuses.options.join(', ')}.`
      throw new KeyhavenError('invalid_request', { errors: [{ path: 'status', message }] })
    }
    const search = filters.search && trimmedLogin(filters.search)
    const filter = { search: search || undefined, status: status.data }
    return listAnswer(await listAccounts(rooms, page, filter))
  },
})

/** Somebody's devices. */
export const getAccountSessions = guardedEndpoint({
  summary: 'Where an account is signed in.',
  answers: { 200: sessionsAnswer },
  query: listParameters,
  handle: async ({ rooms, query, path, caller }) => {
    const { page } = readListQuery(query, [])
    const { id } = await readAccount(rooms, path['id'] ?? '')
    const of = { accountId: id, current: caller.session.id }
    return listAnswer(await listSessions(rooms.database, page, of))
  },
})

/** Ends all of somebody's devices. */
export const deleteAccountSessions = guardedEndpoint({
  summary: 'End all sessions of an account; with everything=true all that rests on the account.',
  answers: { 204: undefined },
  query: ['everything', 'reason'],
  body: z.strictObject({ reason }),
  handle: async ({ rooms, path, query, body, caller, actor }) => {
    const parameters = readQuery(query, ['everything', 'reason'])
    const ending = {
      accountId: path['id'] ?? '',
      held: scopesNow(rooms, caller),
      everything: everythingOf(parameters),
      reason: reasonOf(parameters, body),
    }
    await endSessions(rooms, ending, actor)
    return { status: 204 }
  },
})

export const putAccountRole = guardedEndpoint({
  summary: 'Give an account a role.',
  answers: { 204: undefined },
  handle: async ({ rooms, path, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    await assignRole(rooms, { accountId, role, held: scopesNow(rooms, caller) }, actor)
    return { status: 204 }
  },
})

export const deleteAccountRole = guardedEndpoint({
  summary: 'Take a role away.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  handle: async ({ rooms, path, query, body, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    const why = reasonOf(readQuery(query, ['reason']), body)
    const change = { accountId, role, held: scopesNow(rooms, caller), reason: why }
    await unassignRole(rooms, change, actor)
    return { status: 204 }
  },
})

/** The record of tokens given out. */
export const getTokens = guardedEndpoint({
  summary: 'The record of tokens given out.',
  answers: { 200: tokensAnswer },
  query: [...listParameters, 'account', 'session'],
  handle: async ({ rooms, query }) => {
    const { page, filters } = readListQuery(query, ['account', 'session'])
    return listAnswer(await listTokens(rooms.database, page, filters))
  },
})

export const deleteToken = guardedEndpoint({
  summary: 'Revoke one token.',
  answers: { 204: undefined },
  query: ['reason'],
  body: z.strictObject({ reason }),
  handle: async ({ rooms, path, query, body, caller, actor }) => {
    const { jti = '' } = path
    const why = reasonOf(readQuery(query, ['reason']), body)
    await revokeToken(rooms, { jti, held: scopesNow(rooms, caller), reason: why }, actor)
    return { status: 204 }
  },
})

const auditFilters = ['from', 'to', 'account', 'actor', 'action', 'address'] as const

/** What happened. */
export const getAudit = guardedEndpoint({
  summary: 'What happened: the audit log.',
  answers: { 200: auditAnswer },
  query: [...listParameters, ...auditFilters],
  handle: async ({ rooms, query }) => {
    const { page, filters } = readListQuery(query, auditFilters)
    const { action, address, ...others } = filters
    if (action !== undefined && !(actions as readonly string[]).includes(action)) {
      throw refusedParameter('action', `Use one of ${actions.join(', ')}.`)
    }
    const from = timeParameter('from', filters.from)
    const to = timeParameter('to', filters.to)
    if (from !== undefined && to !== undefined && from > to) {
      throw refusedParameter('to', 'Use a time that is not before `from`.')
    }
    const filter = { ...others, action, from, to, address: recordedAddress(address) }
    return listAnswer(await listAudit(rooms, page, filter))
  },
})

/** An address in the one form that the log holds. */
function recordedAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === UNKNOWN) return text
  const address = parseAddress(text)
  if (address !== undefined) return address.text
  throw refusedParameter('address', 'Use one network address, such as 203.0.113.7 or 2001:db8::7.')
}

/** Who listens to the feed. */
export const getGuards = guardedEndpoint({
  summary: 'Who listens to the feed, and what they have applied.',
  answers: { 200: guardsAnswer },
  query: listParameters,
  handle: async ({ rooms, query }) => {
    const { page } = readListQuery(query, [])
    return listAnswer(await listGuards(rooms.database, page, rooms))
  },
})
