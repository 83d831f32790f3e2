import { viewAny } from '../../views/session.ts'
import * as z from 'zod'
import { valuesForKey } from '../../flows/api-keys/issue.ts'
import { keyViewAnswer, sessionViewAnswer } from '../../http/answers/shapes.ts'
import { renewSessionCookies } from '../../http/answers/session-cookies.ts'
import { isPerson } from '../../http/callers/any-caller.ts'
import { currentSession } from '../../http/callers/current-session.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import type { Answer } from '../../http/endpoint.ts'
import { viewKey } from '../../views/key.ts'

/** The current user, session and rights; renews the access cookie if it is due. */
export const getUserCurrent = guardedEndpoint({
  summary:
    'The current user, session and rights; renews the access cookie if it is due. For an API key: its user and the rights of the key, without a session.',
  answers: { 200: () => z.union([sessionViewAnswer(), keyViewAnswer()]) },
  admits: 'keys',
  upToDate: true,
  handle: async (call): Promise<Answer> => {
    const { context, caller } = call
    if (!isPerson(caller)) {
      // A token of the key has the claims that it was issued with
      const values =
        caller.claims === undefined ? await valuesForKey(context, caller.account) : undefined
      return {
        status: 200,
        body: viewKey(context, { ...caller, values: values ?? {} }, caller.readAt),
      }
    }
    const current = await currentSession({ ...call, caller })
    if (current.renewed !== undefined) {
      return renewSessionCookies(call, current.renewed)
    }
    const { claims, live, now } = current
    return { status: 200, body: viewAny(context, { ...live, claims }, now) }
  },
})
