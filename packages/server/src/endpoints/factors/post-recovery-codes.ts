import * as z from 'zod'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Replaces the caller's recovery codes. */
export const postRecoveryCodes = guardedEndpoint({
  summary: 'Ten new recovery codes, shown once; the former ones no longer count.',
  answers: { 201: () => z.strictObject({ recoveryCodes: z.array(z.string()) }) },
  handle: async ({ context, caller, actor }) => {
    const { renewRecoveryCodes } = await import('../../flows/acts.ts')
    return {
      status: 201,
      body: await renewRecoveryCodes(context, caller, actor),
    }
  },
})
