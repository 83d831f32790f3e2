import { signatureCheck } from './algorithms.ts'
import type { SignatureAlgorithm, SignatureCheck } from './algorithms.ts'
import { headerText } from './header.ts'
import { importKey } from './import-key.ts'
import type { Jwk } from './import-key.ts'

/** Most keys that one set may hold. */
const MAX_KEYS = 64

/** A public key, ready to check signatures of its one algorithm. */
export interface VerificationKey {
  readonly kid: string
  readonly alg: SignatureAlgorithm
  readonly check: SignatureCheck
}

/** An issuer's public keys by `kid`. */
export interface KeySet {
  find(kid: string): VerificationKey | undefined
  /** The key whose tokens begin with exactly this first segment, found without parsing the header. */
  findByHeader(segment: string): VerificationKey | undefined
  readonly kids: readonly string[]
  /** Keys of the input that were left out, and why. */
  readonly refused: readonly { readonly kid: string; readonly reason: string }[]
}

/** Members of private and secret keys, which must not be in a published set. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Algorithms of access tokens: those of Keyhaven, and RS256 for other issuers. */
const accepted: ReadonlySet<string> = new Set(['ES256', 'Ed25519', 'EdDSA', 'RS256'])

/**
 * Prepares a published JWK Set (RFC 7517 §5). A key that is unfit, private, symmetric, unnamed or
 * named twice is left out and listed in `refused`; the others work.
 */
export function createKeySet(jwks: { readonly keys: readonly unknown[] }): KeySet {
  const keys = new Map<string, VerificationKey>()
  const byHeader = new Map<string, VerificationKey>()
  const refused: { kid: string; reason: string }[] = []
  const source = Array.isArray(jwks?.keys) ? jwks.keys.slice(0, MAX_KEYS) : []
  const named = source.map(kidOf)
  for (const [at, jwk] of source.entries()) {
    const kid = named[at] ?? ''
    const prepared =
      kid !== '' && named.indexOf(kid) !== named.lastIndexOf(kid)
        ? 'the kid is used twice'
        : prepare(jwk as Jwk, kid)
    if (typeof prepared === 'string') refused.push({ kid, reason: prepared })
    else {
      keys.set(kid, prepared)
      for (const alg of namesOf(prepared.alg)) byHeader.set(headerText(alg, kid), prepared)
    }
  }
  return {
    find: (kid) => keys.get(kid),
    findByHeader: (segment) => byHeader.get(segment),
    kids: [...keys.keys()],
    refused,
  }
}

function kidOf(jwk: unknown): string {
  const kid = (jwk as Jwk | null)?.kid
  return typeof kid === 'string' && kid.length <= 255 ? kid : ''
}

function prepare(jwk: Jwk, kid: string): VerificationKey | string {
  if (kid === '') return 'the kid is missing or too long'
  if (privateMembers.some((member) => member in jwk)) return 'the key is not public'
  const alg = jwk.alg ?? algorithmOf(jwk)
  if (alg === undefined || !accepted.has(alg)) return 'the algorithm is not accepted'
  const imported = importKey(jwk, alg)
  if (!imported.ok) return imported.reason
  return { kid, alg: imported.alg, check: signatureCheck(imported.alg, imported.key) }
}

/** The algorithm of a key that names none: its type allows only one. */
function algorithmOf({ kty, crv }: Jwk): string | undefined {
  if (kty === 'EC' && crv === 'P-256') return 'ES256'
  if (kty === 'OKP' && crv === 'Ed25519') return 'Ed25519'
  return kty === 'RSA' ? 'RS256' : undefined
}

/** Names that a header may use for the algorithm. */
export function namesOf(alg: SignatureAlgorithm): readonly string[] {
  return alg === 'Ed25519' ? ['Ed25519', 'EdDSA'] : [alg]
}
