import * as z from 'zod'
import { flowCookie, flowCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { members } from '../../http/answers/shapes.ts'
import { login } from './schemas.ts'

/** Begins a sign-in by passkey. */
export const postPasskeyOptions = openEndpoint({
  summary:
    'Begin a sign-in by passkey: options for `navigator.credentials.get`, alike for unknown logins.',
  answers: { 200: members },
  body: z.strictObject({ login: login.optional() }),
  handle: async ({ context, site, request, body, actor }) => {
    const flowCookies = flowCookiesOf(site, request)
    const { beginPasskeySignIn } = await import('../../flows/acts.ts')
    const begun = await beginPasskeySignIn(context, { ...body, flowCookies }, actor)
    return { status: 200, body: begun.options, cookies: [flowCookie(site, begun.cookie)] }
  },
})
