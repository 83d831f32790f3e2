import * as z from 'zod'
import { revokeByClient } from '../../flows/oauth/revoke.ts'
import { shape } from '../../http/answers/shape.ts'
import { oauthEndpoint } from '../../http/oauth/oauth-endpoint.ts'
import { clientParameters } from './token-form.ts'

/** Revokes a token of the client; nothing is said about one that is not known. */
export const postRevoke = oauthEndpoint({
  summary: 'Revoke a token, by its own client (RFC 7009).',
  answers: { 200: shape(() => z.strictObject({})) },
  body: z.object({
    ...clientParameters,
    token: z.string(),
    token_type_hint: z.string().optional(),
  }),
  clients: ['key', 'public'],
  handle: async ({ context, client, body: { token }, actor }) => {
    const { address } = actor
    await revokeByClient(context, { token, clientId: client.id, address }, actor)
    return { status: 200, body: {} }
  },
})
