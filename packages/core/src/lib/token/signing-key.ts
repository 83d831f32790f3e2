import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { headerText } from './header.ts'
import type { Jwk } from './import-key.ts'

/** Algorithms that this package signs with. */
export type SigningAlgorithm = 'ES256' | 'Ed25519'

/** A private key that signs access tokens. */
export interface SigningKey {
  /** SHA-256 thumbprint of the public key (RFC 7638). */
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: KeyObject
  /** The public half, as it is published. */
  readonly publicJwk: Jwk
  /** The first segment of every token that this key signs. */
  readonly header: string
}

/** Makes a new key pair. */
export function generateSigningKey(alg: SigningAlgorithm): SigningKey {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519')
  return signingKey(privateKey, alg)
}

/** Imports a key that `exportSigningKey` wrote. */
export function importSigningKey(jwk: Jwk): SigningKey {
  return signingKey(
    createPrivateKey({ key: { ...jwk }, format: 'jwk' }),
    jwk.kty === 'OKP' ? 'Ed25519' : 'ES256',
  )
}

/** The private JWK. Only an encrypted store may hold it. */
export function exportSigningKey(key: SigningKey): Jwk {
  return key.privateKey.export({ format: 'jwk' })
}

/** The JWK Set to publish: public members, `kid`, `alg` and `use` only. */
export function publicJwks(keys: readonly SigningKey[]): { keys: Jwk[] } {
  return { keys: keys.map((key) => key.publicJwk) }
}

function signingKey(privateKey: KeyObject, alg: SigningAlgorithm): SigningKey {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = thumbprint(jwk)
  return {
    kid,
    alg,
    privateKey,
    publicJwk: { ...jwk, kid, alg, use: 'sig' },
    header: headerText(alg, kid),
  }
}

/** The required members in lexical order, hashed (RFC 7638 §3.2, RFC 8037 §2). */
function thumbprint({ crv, kty, x, y }: Jwk): string {
  const members = y === undefined ? { crv, kty, x } : { crv, kty, x, y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
