import { audiencesAsked, required, scopesAsked } from '../token-form.ts'
import { grantFor } from './grant.ts'

/** A token or key for one of other APIs (RFC 8693). A token of a trusted issuer needs no client (H2). */
export const tokenExchange = grantFor(
  ['key', 'guard', 'public', 'none'],
  async ({ context, client, body, actor }) => {
    const { exchangeToken } = await import('../../../flows/acts.ts')
    const wanted = {
      subjectToken: required(body, 'subject_token'),
      subjectTokenType: required(body, 'subject_token_type'),
      actorToken: body.actor_token,
      actorTokenType: body.actor_token_type,
      requestedTokenType: body.requested_token_type,
      scope: scopesAsked(body),
      audiences: audiencesAsked(body),
    }
    return exchangeToken(context, { by: client, wanted, address: actor.address }, actor)
  },
)
