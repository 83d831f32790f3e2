import type { Jwk } from '@keyhaven/core'

/** Another service whose tokens are exchanged for tokens of this one (RFC 8693, H41). */
export interface TrustedIssuer {
  /** The `iss` of its tokens, exact. */
  readonly issuer: string
  /** What the `aud` of its tokens must contain: the name that it knows this service by. */
  readonly audience: string
  /** The URL of its keys, or the keys; without it `{issuer}/.well-known/jwks.json`. */
  readonly jwks?: string | { readonly keys: readonly Jwk[] }
  /** The scopes that an exchanged token may have at most, none of them of Keyhaven itself. */
  readonly scopes: readonly string[]
  /** The signature algorithms of its tokens, by their JOSE names. */
  readonly algorithms: readonly string[]
  /** The `typ` in the header of its tokens, such as `JWT`. */
  readonly typ: string
  /** The id of the account that a token stands for; `undefined` refuses the token. */
  readonly account: (
    claims: Readonly<Record<string, unknown>>,
  ) => string | undefined | Promise<string | undefined>
}

/** Algorithms that a trusted issuer may use: all of them need a private key. */
export const foreignAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
] as const

/** Types of keys that such an algorithm has. */
export const foreignKeyTypes: readonly unknown[] = ['EC', 'OKP', 'RSA']
