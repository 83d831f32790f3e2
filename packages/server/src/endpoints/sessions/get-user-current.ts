import { viewAny } from '../../views/session.ts'
import { currentSession } from '../../http/callers/current-session.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import type { Answer } from '../../http/endpoint.ts'
import { renewSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'

/** The current user, session and rights; renews the access cookie if it is due. */
export const getUserCurrent = guardedEndpoint({
  summary: 'The current user, session and rights; renews the access cookie if it is due.',
  answers: { 200: sessionViewAnswer },
  upToDate: true,
  handle: async (call): Promise<Answer> => {
    const { context } = call
    const current = await currentSession(call)
    if (current.renewed !== undefined) return renewSessionCookies(call, current.renewed)
    const { claims, live, now } = current
    return { status: 200, body: viewAny(context, { ...live, claims }, now) }
  },
})
