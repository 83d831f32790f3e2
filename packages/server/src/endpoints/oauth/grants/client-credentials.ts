import { tokenForKey } from '../../../flows/api-keys/token.ts'
import { audiencesAsked, scopesAsked } from '../token-form.ts'
import { grantFor } from './grant.ts'

/** An API key gets a token for itself (RFC 6749 §4.4). */
export const clientCredentials = grantFor(['key'], ({ context, client, body }) =>
  tokenForKey(context, client, { scope: scopesAsked(body), audiences: audiencesAsked(body) }),
)
