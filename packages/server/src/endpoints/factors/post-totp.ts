import { guardedEndpoint } from '../../http/endpoint.ts'
import { totpAnswer } from './schemas.ts'

/** Makes the secret of an authenticator app. */
export const postTotp = guardedEndpoint({
  summary: 'Begin to set up an authenticator app; its secret is shown once.',
  answers: { 201: totpAnswer },
  handle: async ({ context, caller }) => {
    const { enrolTotp } = await import('../../flows/acts.ts')
    return { status: 201, body: await enrolTotp(context, caller) }
  },
})
