import { guardedEndpoint } from '../../http/endpoint.ts'
import { factorsAnswer } from './schemas.ts'

/** Lists the caller's second factors. */
export const getFactors = guardedEndpoint({
  summary: 'My second factors, and how many recovery codes are left.',
  answers: { 200: factorsAnswer },
  handle: async ({ context, caller }) => {
    const { listFactors } = await import('../../flows/acts.ts')
    return {
      status: 200,
      body: await listFactors(context, caller.account.id),
    }
  },
})
