import { isBackground } from '@keyhaven/guard/kit'
import { renewSession } from '../../flows/sessions/renew.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { renewSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'

/** Renews the access cookie; requires the session cookie. */
export const postSessionCurrentRenew = guardedEndpoint({
  summary: 'Renew the access cookie.',
  answers: { 200: sessionViewAnswer },
  upToDate: true,
  handle: async (call) => {
    const { context, caller, request, actor } = call
    const extend = !isBackground(request)
    const from = { address: actor.address, browser: browserOf(request) }
    const session = await renewSession(context, { live: caller, extend, from })
    return renewSessionCookies(call, session)
  },
})
