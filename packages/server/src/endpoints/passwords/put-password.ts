import { KeyhavenError } from '@keyhaven/core/errors'
import * as z from 'zod'
import { changePassword } from '../../flows/passwords/change.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { password } from '../../http/bodies/members.ts'
import { replaceSessionCookies } from '../../http/answers/session-cookies.ts'

/** Changes the caller's password and ends their other sessions. */
export const putPassword = guardedEndpoint({
  summary: 'Change my password and end all my other sessions.',
  answers: { 204: undefined },
  body: z.strictObject({ current: password, password }),
  handle: async (call) => {
    const { context, site, request, path, body, caller, actor } = call
    if (path['id'] !== caller.account.id) throw new KeyhavenError('not_found')
    const deviceCookies = caller.by === 'cookie' ? deviceCookiesOf(site, request) : []
    const change = { live: caller, ...body, deviceCookies }
    const changed = await changePassword(context, change, actor)
    if (caller.by === 'bearer') return { status: 204 }
    const { session, sessionCookie } = changed
    const { cookies = [] } = replaceSessionCookies(call, session, sessionCookie)
    return { status: 204, cookies }
  },
})
