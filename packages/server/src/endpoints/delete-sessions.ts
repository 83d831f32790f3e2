import { KeyhavenError } from '@keyhaven/core/errors'
import { endOwnSession, endOwnSessions } from '../flows/end-own-sessions.ts'
import { clearedCookies } from '../http/cookies.ts'
import { guardedEndpoint } from '../http/endpoint.ts'
import { readQuery } from '../http/query.ts'

/** Ends one of my devices. */
export const deleteSession = guardedEndpoint({
  summary: 'End one of my devices.',
  answers: { 204: undefined },
  handle: async ({ rooms, path, caller, actor }) => {
    const { id = '' } = path
    await endOwnSession(rooms, { accountId: caller.account.id, sessionId: id }, actor)
    return { status: 204 }
  },
})

/** Ends my other devices; with `?include=current` this one too. */
export const deleteSessions = guardedEndpoint({
  summary: 'End my other devices; with include=current this one too.',
  answers: { 204: undefined },
  query: ['include'],
  handle: async ({ rooms, site, request, query, caller, actor }) => {
    const { include } = readQuery(query, ['include'])
    if (include !== undefined && include !== 'current') {
      const errors = [{ path: 'include', message: 'Use current, or leave it out.' }]
      throw new KeyhavenError('invalid_request', { errors })
    }
    const keep = include === 'current' ? undefined : caller.session.id
    await endOwnSessions(rooms, { accountId: caller.account.id, keep }, actor)
    const leaves = keep === undefined && caller.by === 'cookie'
    return { status: 204, cookies: leaves ? clearedCookies(site, request) : [] }
  },
})
