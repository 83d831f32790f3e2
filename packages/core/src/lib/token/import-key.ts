import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto'
import { algorithmNamed } from './algorithms.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { isCanonicalBase64url } from './base64url.ts'
import { unfit } from './key-quality.ts'

/**
 * A JSON Web Key (RFC 7517 §4): the members of EC, OKP and RSA keys, and those that stand beside them. Node's own
 * type of this name stands elsewhere in each of its versions.
 */
export interface Jwk {
  readonly kty?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly d?: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
  readonly [member: string]: unknown
}

/** A key that is fit to check signatures of one algorithm, or why it is not. */
export type ImportedKey =
  | { readonly ok: true; readonly key: KeyObject; readonly alg: SignatureAlgorithm }
  | { readonly ok: false; readonly reason: string }

const refuse = (reason: string): ImportedKey => ({ ok: false, reason })

/** Takes a key for checking signatures of `alg`; a JWK's own `alg`, `use` and `key_ops` must agree. */
export function importKey(source: Jwk | KeyObject, alg: string): ImportedKey {
  const wanted = algorithmNamed(alg)
  if (wanted === undefined) return refuse('the algorithm is not known')
  const key = source instanceof KeyObject ? source : keyOfJwk(source, wanted)
  if (typeof key === 'string') return refuse(key)
  const reason = unfit(key, wanted)
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
