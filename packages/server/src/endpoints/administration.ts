import { KeyhavenError } from '@keyhaven/core/errors'
import { z } from 'zod'
import { assignRole, unassignRole } from '../flows/assign-role.ts'
import { endOwnSessions } from '../flows/end-own-sessions.ts'
import { readAccount } from '../flows/read-account.ts'
import { listAccounts, listAudit, listSessions, listTokens } from '../flows/read-lists.ts'
import { revokeToken } from '../flows/revoke-token.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { listAnswer, readListQuery } from '../http/query.ts'
import { scopesNow } from '../http/scope.ts'

const statuses = z.enum(['active', 'unverified', 'locked', 'disabled'])

/** Finds accounts. */
export const getAccounts = guardedEndpoint({
  handle: async ({ rooms, url }) => {
    const { page, filters } = readListQuery(url, ['search', 'status'])
    const status = statuses.optional().safeParse(filters.status)
    if (!status.success) {
      const message = `Use ${statuses.options.join(', ')}.`
      throw new KeyhavenError('invalid_request', { errors: [{ path: 'status', message }] })
    }
    const filter = { search: filters.search, status: status.data }
    return listAnswer(await listAccounts(rooms, page, filter))
  },
})

/** Somebody's devices. */
export const getAccountSessions = guardedEndpoint({
  handle: async ({ rooms, url, path }) => {
    const { page } = readListQuery(url, [])
    const { id } = await readAccount(rooms, path['id'] ?? '')
    return listAnswer(await listSessions(rooms.database, page, { accountId: id }))
  },
})

/** Ends all of somebody's devices. */
export const deleteAccountSessions = guardedEndpoint({
  handle: async ({ rooms, path, actor }) => {
    const { id } = await readAccount(rooms, path['id'] ?? '')
    await endOwnSessions(rooms, { accountId: id }, actor)
    return { status: 204 }
  },
})

export const putAccountRole = guardedEndpoint({
  handle: async ({ rooms, path, caller, actor }) => {
    const { id: accountId = '', role = '' } = path
    await assignRole(rooms, { accountId, role, held: scopesNow(rooms, caller) }, actor)
    return { status: 204 }
  },
})

export const deleteAccountRole = guardedEndpoint({
  handle: async ({ rooms, path, actor }) => {
    const { id: accountId = '', role = '' } = path
    await unassignRole(rooms, { accountId, role }, actor)
    return { status: 204 }
  },
})

/** The record of tokens given out. */
export const getTokens = guardedEndpoint({
  handle: async ({ rooms, url }) => {
    const { page, filters } = readListQuery(url, ['account', 'session'])
    return listAnswer(await listTokens(rooms.database, page, filters))
  },
})

export const deleteToken = guardedEndpoint({
  handle: async ({ rooms, path, actor }) => {
    await revokeToken(rooms, path['jti'] ?? '', actor)
    return { status: 204 }
  },
})

/** What happened. */
export const getAudit = guardedEndpoint({
  handle: async ({ rooms, url }) => {
    const { page, filters } = readListQuery(url, ['account'])
    return listAnswer(await listAudit(rooms.database, page, filters.account))
  },
})
