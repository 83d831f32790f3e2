import * as z from 'zod'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { factorAnswer, passkeyName } from './schemas.ts'

/** Names a passkey. */
export const patchPasskey = guardedEndpoint({
  summary: 'Name one of my passkeys.',
  answers: { 200: factorAnswer },
  body: z.strictObject({ name: passkeyName.nullable() }),
  handle: async ({ context, path, body: { name }, caller, actor }) => {
    const { namePasskey } = await import('../../flows/acts.ts')
    const named = await namePasskey(context, { live: caller, id: path['id'] ?? '', name }, actor)
    return { status: 200, body: named }
  },
})
