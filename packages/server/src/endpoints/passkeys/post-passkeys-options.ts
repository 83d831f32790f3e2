import { enrolPasskey } from '../../flows/factors/enrol-passkey.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { optionsAnswer } from './schemas.ts'

/** Begins to add a passkey. */
export const postPasskeysOptions = guardedEndpoint({
  summary: 'Begin to add a passkey: options for `navigator.credentials.create`.',
  answers: { 200: optionsAnswer },
  handle: async ({ context, caller }) => ({
    status: 200,
    body: await enrolPasskey(context, caller),
  }),
})
