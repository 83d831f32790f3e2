import * as z from 'zod'
import { signInByPassword } from '../../flows/sign-in/by-password.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { previousSession } from '../../http/callers/previous-session.ts'
import { deviceCookiesOf, flowCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { device, login } from './schemas.ts'
import { password } from '../../http/bodies/members.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'

/** Sign-in by password. */
export const postSessions = openEndpoint({
  summary: 'Sign in by password.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject({ login, password, device, remember: z.boolean().optional() }),
  handle: async (call) => {
    const { context, site, request, body, actor } = call
    const former = await previousSession(call)
    const browser = browserOf(request)
    const flowCookies = flowCookiesOf(site, request)
    const deviceCookies = deviceCookiesOf(site, request)
    const signIn = { ...body, former, browser, flowCookies, deviceCookies }
    return setSessionCookies(call, await signInByPassword(context, signIn, actor))
  },
})
