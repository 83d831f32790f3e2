import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { oauthEndpoint } from '../../http/oauth/oauth-endpoint.ts'
import { grants } from './grants/grants.ts'
import { tokenAnswer } from './schemas.ts'
import { tokenForm } from './token-form.ts'

/** Answers every token request: the grant decides which clients may make it. */
export const postToken = oauthEndpoint({
  summary: 'Get an access token (RFC 6749 §3.2).',
  answers: { 200: tokenAnswer },
  body: tokenForm,
  clients: ['key', 'guard', 'public', 'none'],
  handle: async (call) => {
    const grant = grants.get(call.body.grant_type)
    if (grant === undefined) {
      throw new OAuthRefusal(
        'unsupported_grant_type',
        `The grant type is not known: use ${[...grants.keys()].join(' or ')}.`,
      )
    }
    return { status: 200, body: await grant.answer(call) }
  },
})
