import { KeyhavenError } from '@keyhaven/core/errors'
import * as z from 'zod'
import { needsFactor } from '../../flows/recovery/prove-change.ts'
import { judgingEndpoint } from '../../http/endpoint.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { password } from '../../http/bodies/members.ts'
import { replaceSessionCookies } from '../../http/answers/session-cookies.ts'

/** Changes the caller's password and ends their other sessions. */
export const putPassword = judgingEndpoint({
  summary:
    'Change my password and end all my other sessions. The current password is the proof, or, if the account has a second factor, a recent step-up by it.',
  answers: { 204: undefined },
  body: z.strictObject({ current: password.optional(), password }),
  needsProof: ({ context, path, caller }) => {
    if (path['id'] !== caller.account.id) throw new KeyhavenError('not_found')
    return needsFactor(context, caller.account)
  },
  handle: async (call) => {
    const { context, site, request, body, caller, actor } = call
    const deviceCookies = caller.by === 'cookie' ? deviceCookiesOf(site, request) : []
    const change = { live: caller, current: body.current, password: body.password, deviceCookies }
    const { changePassword } = await import('../../flows/acts.ts')
    const changed = await changePassword(context, change, actor)
    if (caller.by === 'bearer') return { status: 204 }
    const { session, sessionCookie } = changed
    const { cookies = [] } = replaceSessionCookies(call, session, sessionCookie)
    return { status: 204, cookies }
  },
})
