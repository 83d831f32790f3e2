import * as z from 'zod'
import { introspect } from '../../flows/oauth/introspect.ts'
import { oauthEndpoint } from '../../http/oauth/oauth-endpoint.ts'
import { introspectionAnswer } from './schemas.ts'
import { clientParameters } from './token-form.ts'

/** Tells a guard what a token, an API key or a refresh token is worth now. */
export const postIntrospect = oauthEndpoint({
  summary: 'Introspect a token or an API key, by a guard (RFC 7662).',
  answers: { 200: introspectionAnswer },
  body: z.object({
    ...clientParameters,
    token: z.string(),
    token_type_hint: z.string().optional(),
  }),
  clients: ['guard'],
  handle: async ({ context, client: { guard }, body: { token } }) => ({
    status: 200,
    body: await introspect(context, { token, guard }),
  }),
})
