import { KeyhavenError } from '@keyhaven/core/errors'
import { z } from 'zod'
import { actions } from '../events.ts'
import { trimmedLogin } from '../flows/canonical-login.ts'
import { assignRole, unassignRole } from '../flows/assign-role.ts'
import { endOwnSessions } from '../flows/end-own-sessions.ts'
import { listGuards } from '../flows/list-guards.ts'
import { readAccount } from '../flows/read-account.ts'
import { listAccounts, listAudit, listSessions, listTokens } from '../flows/read-lists.ts'
import { revokeToken } from '../flows/revoke-token.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { listAnswer, listParameters, readListQuery, refusedParameter } from '../http/query.ts'
import { scopesNow } from '../http/scope.ts'
import {
  accountsAnswer,
  auditAnswer,
  guardsAnswer,
  sessionsAnswer,
  tokensAnswer,
} from './answers.ts'

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
  summary: 'Somebody’s devices.',
  answers: { 200: sessionsAnswer },
  query: listParameters,
  handle: async ({ rooms, query, path }) => {
    const { page } = readListQuery(query, [])
    const { id } = await readAccount(rooms, path['id'] ?? '')
    return listAnswer(await listSessions(rooms.database, page, { accountId: id }))
  },
})

/** Ends all of somebody's devices. */
export const deleteAccountSessions = guardedEndpoint({
  summary: 'End all of somebody’s devices.',
  answers: { 204: undefined },
  handle: async ({ rooms, path, actor }) => {
    const { id } = await readAccount(rooms, path['id'] ?? '')
    await endOwnSessions(rooms, { accountId: id }, actor)
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
  handle: async ({ rooms, path, actor }) => {
    const { id: accountId = '', role = '' } = path
    await unassignRole(rooms, { accountId, role }, actor)
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
  handle: async ({ rooms, path, actor }) => {
    await revokeToken(rooms, path['jti'] ?? '', actor)
    return { status: 204 }
  },
})

/** What happened. */
export const getAudit = guardedEndpoint({
  summary: 'What happened.',
  answers: { 200: auditAnswer },
  query: [...listParameters, 'account', 'actor', 'action'],
  handle: async ({ rooms, query }) => {
    const { page, filters } = readListQuery(query, ['account', 'actor', 'action'])
    if (filters.action !== undefined && !(actions as readonly string[]).includes(filters.action)) {
      throw refusedParameter('action', `Use one of ${actions.join(', ')}.`)
    }
    return listAnswer(await listAudit(rooms.database, page, filters))
  },
})

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
