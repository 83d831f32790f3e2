import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto'
import { algorithmNamed } from './algorithms.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { isCanonicalBase64url } from './base64url.ts'
import { keyQualityFault } from './key-quality.ts'

/**
 * A JSON Web Key (RFC 7517 §4, RFC 7518 §6). Node's own type has another name in each version of its types,
 * so no exported type uses it.
 */
export interface Jwk {
  readonly [member: string]: unknown
  readonly kty?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly k?: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

/** A key that is fit to check signatures of one algorithm, or why it is not. */
export type ImportedKey =
  | { readonly ok: true; readonly key: KeyObject; readonly alg: SignatureAlgorithm }
  | { readonly ok: false; readonly reason: string }

const refuse = (reason: string): ImportedKey => ({ ok: false, reason })

/** Imports a key that checks signatures of `alg`; a JWK's own `alg`, `use` and `key_ops` must agree. */
export function importKey(source: Jwk | KeyObject, alg: string): ImportedKey {
  const wanted = algorithmNamed(alg)
  if (wanted === undefined) return refuse('the algorithm is not known')
  const key = source instanceof KeyObject ? source : keyOfJwk(source, wanted)
  if (typeof key === 'string') return refuse(key)
  const reason = keyQualityFault(key, wanted)
  return reason === undefined ? { ok: true, key, alg: wanted } : refuse(reason)
}

function keyOfJwk(jwk: Jwk, wanted: SignatureAlgorithm): KeyObject | string {
  if (typeof jwk !== 'object' || jwk === null) return 'the key is not a JWK'
  if (jwk.alg !== undefined && algorithmNamed(jwk.alg) !== wanted) {
    return 'the key is for another algorithm'
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'the key is not for signatures'
  if (jwk.key_ops !== undefined && !allowsVerify(jwk.key_ops)) {
    return 'the key may not check signatures'
  }
  try {
    if (jwk.kty === 'oct') {
      if (typeof jwk.k !== 'string' || !isCanonicalBase64url(jwk.k))
        return 'the secret is malformed'
      return createSecretKey(Buffer.from(jwk.k, 'base64url'))
    }
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return 'the key is malformed'
  }
}

/** `key_ops` holds distinct strings, and one of them is verify (RFC 7517 §4.3). A private key's `sign` implies it. */
function allowsVerify(operations: unknown): boolean {
  return (
    Array.isArray(operations) &&
    new Set(operations).size === operations.length &&
    (operations.includes('verify') || operations.includes('sign'))
  )
}
