import { members } from '../../http/answers/shapes.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Begins the passkey of a step-up. */
export const postSessionCurrentStepUpOptions = guardedEndpoint({
  summary: 'Get the options with which the page asks the browser for a passkey, for a step-up.',
  answers: { 200: members },
  handle: async ({ context, caller }) => {
    const { stepUpOptions } = await import('../../flows/acts.ts')
    return {
      status: 200,
      body: await stepUpOptions(context, caller),
    }
  },
})
