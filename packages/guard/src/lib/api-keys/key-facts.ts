import type { ApiKeyParts } from '@keyhaven/core'
import type { KeyCode } from './refused-keys.ts'

/** What the service answers about a key: the claims of its token and where it works, or the code of the refusal. */
export type KeyFacts =
  | {
      readonly ok: true
      readonly claims: Readonly<Record<string, unknown>>
      readonly addresses: readonly string[] | undefined
    }
  | { readonly ok: false; readonly code: KeyCode }

const codes: readonly string[] = [
  'account_locked',
  'session_ended',
  'token_expired',
] satisfies KeyCode[]

/**
 * Reads the answer of an introspection (RFC 7662 §2.2), without the check of its claims.
 * @throws Error with a sentence if it is no answer about this key.
 */
export function factsOf({ id }: ApiKeyParts, answer: Readonly<Record<string, unknown>>): KeyFacts {
  const { active, code, token_type: _type, addresses, ...claims } = answer
  if (active === false) {
    return { ok: false, code: codes.includes(String(code)) ? (code as KeyCode) : 'token_invalid' }
  }
  if (active !== true) throw new Error('the answer about an API key has no `active`')
  if (claims['client_id'] !== id) throw new Error('the answer is about another credential')
  if (addresses !== undefined && !isTexts(addresses)) {
    throw new Error('the answer about an API key has malformed addresses')
  }
  return { ok: true, claims, addresses }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
