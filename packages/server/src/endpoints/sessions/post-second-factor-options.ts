import * as z from 'zod'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { members } from '../../http/answers/shapes.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'

/** Begins the passkey that completes a sign-in. */
export const postSecondFactorOptions = openEndpoint({
  summary:
    'Get the options with which the page asks the browser for a passkey, to complete the sign-in that this browser has begun.',
  answers: { 200: members },
  takesApps: true,
  body: z.strictObject(tokenMembers),
  handle: async (call) => {
    const { secondFactorOptions } = await import('../../flows/acts.ts')
    return {
      status: 200,
      body: await secondFactorOptions(call.context, await signingBrowserOf(call)),
    }
  },
})
