import { OAuthRefusal } from '../../model/oauth-refusal.ts'

const PREFIX = 'urn:ietf:params:oauth:token-type:'

/** The type of every token that this service issues by exchange (RFC 8693 §3). */
export const ACCESS_TOKEN = `${PREFIX}access_token` as const

/** Types of tokens that are exchanged: of this service, and of trusted issuers. */
export const tokenTypes = {
  own: [ACCESS_TOKEN, `${PREFIX}jwt`],
  foreign: [ACCESS_TOKEN, `${PREFIX}jwt`, `${PREFIX}id_token`],
} as const

/** Requires one of these types. @throws OAuthRefusal `invalid_request`. */
export function checkTokenType(name: string, type: string, known: readonly string[]): void {
  if (known.includes(type)) return
  throw new OAuthRefusal('invalid_request', `${name} is not supported: use ${known.join(' or ')}.`)
}
