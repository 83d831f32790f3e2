import * as z from 'zod'
import { signInByPassword } from '../../flows/sign-in/by-password.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { device, login } from './schemas.ts'
import { password } from '../../http/bodies/members.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { transport } from '../../http/bodies/token-members.ts'

/** Sign-in by password. */
export const postSessions = openEndpoint({
  summary: 'Sign in by password.',
  answers: { 201: signedInAnswer },
  takesApps: true,
  body: z.strictObject({ login, password, device, remember: z.boolean().optional(), transport }),
  handle: async (call) => {
    const { context, body, actor } = call
    const signIn = { ...body, ...(await signingBrowserOf(call)) }
    return signedIn(call, await signInByPassword(context, signIn, actor))
  },
})
