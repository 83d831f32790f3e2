import * as z from 'zod'
import { flowCookie, flowCookiesOf } from '../../http/cookies/cookies.ts'
import { transport } from '../../http/bodies/token-members.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { members } from '../../http/answers/shapes.ts'
import { login } from './schemas.ts'

/** Begins a sign-in by passkey. */
export const postPasskeyOptions = openEndpoint({
  summary:
    'Begin a sign-in by passkey: options for `navigator.credentials.get`, alike for unknown logins.',
  answers: { 200: members },
  takesApps: true,
  body: z.strictObject({ login: login.optional(), transport }),
  handle: async ({ context, site, request, body: { login: name }, actor, isBearer }) => {
    const flowCookies = flowCookiesOf(site, request)
    const { beginPasskeySignIn } = await import('../../flows/acts.ts')
    const begun = await beginPasskeySignIn(context, { login: name, flowCookies }, actor)
    // An app goes on with a member beside the options
    const own = isBearer ? { attempt: begun.cookie.value } : {}
    return {
      status: 200,
      body: { ...begun.options, ...own },
      cookies: [flowCookie(site, begun.cookie)],
    }
  },
})
