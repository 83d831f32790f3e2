import * as z from 'zod'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import type { OAuthCall } from '../../http/oauth/oauth-endpoint.ts'
import type { OAuthClient } from '../../http/oauth/client.ts'

const text = (): z.ZodOptional<z.ZodString> => z.string().optional()
const texts = (): z.ZodOptional<z.ZodArray<z.ZodString>> => z.array(z.string()).max(20).optional()

/** The parameters with which a client authenticates in the form. */
export const clientParameters = { client_id: text(), client_secret: text() }

/** Every parameter that some grant of the token endpoint reads. */
export const tokenForm = z.object({
  ...clientParameters,
  grant_type: z.string(),
  scope: text(),
  audience: texts(),
  resource: texts(),
  refresh_token: text(),
  subject_token: text(),
  subject_token_type: text(),
  actor_token: text(),
  actor_token_type: text(),
  requested_token_type: text(),
})

/** The parameters of a token request. */
export type TokenForm = z.output<typeof tokenForm>

/** A request for a token, by a client. */
export type TokenCall<C = OAuthClient> = OAuthCall<TokenForm, C>

/** The value of a parameter that a grant needs. @throws OAuthRefusal `invalid_request`. */
export function required(
  form: TokenForm,
  name: Exclude<keyof TokenForm, 'audience' | 'resource'>,
): string {
  const value = form[name]
  if (value !== undefined) return value
  throw new OAuthRefusal('invalid_request', `${name} is missing: send it.`)
}

/**
 * The scopes that a request names; `undefined` without any.
 * @throws OAuthRefusal `invalid_scope` for a text that is no list of scopes (RFC 6749 §3.3).
 */
export function scopesAsked({ scope }: Pick<TokenForm, 'scope'>): readonly string[] | undefined {
  if (scope === undefined) return undefined
  if (/^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/.test(scope)) return [...new Set(scope.split(' '))]
  throw new OAuthRefusal(
    'invalid_scope',
    'The scope is malformed: separate scopes by one space each.',
  )
}

/** The audiences that a request names, by `audience` or `resource`; `undefined` without any. */
export function audiencesAsked({
  audience = [],
  resource = [],
}: Pick<TokenForm, 'audience' | 'resource'>): readonly string[] | undefined {
  const asked = new Set([...audience, ...resource])
  return asked.size === 0 ? undefined : [...asked]
}
