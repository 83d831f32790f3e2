import { KeyhavenError } from '@keyhaven/core/errors'
import type { SessionSource } from '@keyhaven/guard/kit'
import type { Context } from '../../flows/context.ts'
import { resolveCaller } from './caller.ts'
import { currentSession, isDue } from './current-session.ts'
import { renewSessionCookies } from '../answers/session-cookies.ts'
import type { Site } from '../site.ts'

/** Lets the guard in this process read sessions and renew tokens, which no other guard can. */
export function sessionSource(context: Context, site: Site): SessionSource {
  return {
    isDue: (claims) => !site.opaque && isDue(claims, context.tools.clock.now()),
    settle: async (request, mayRenew) => {
      try {
        const caller = await resolveCaller(context, site, request)
        if (caller === undefined) return { ok: false, code: 'not_signed_in', details: {} }
        const current = await currentSession({ context, site, request, caller }, mayRenew)
        const { cookies = [] } = current.renewed
          ? renewSessionCookies({ context, site, request }, current.renewed)
          : {}
        return { ok: true, claims: current.claims, cookies }
      } catch (error) {
        if (error instanceof KeyhavenError) {
          return { ok: false, code: error.code, details: error.details }
        }
        context.tools.log.error({ err: error }, 'a session could not be determined')
        return { ok: false, code: 'internal', details: {} }
      }
    },
  }
}
