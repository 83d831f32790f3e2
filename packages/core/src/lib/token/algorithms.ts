import { constants, createHmac, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decodeEcdsaDer, encodeEcdsaDer } from './ecdsa-encoding.ts'

/** Signature algorithms by their JOSE names (RFC 7518 §3.1, RFC 9864). */
export type SignatureAlgorithm =
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'Ed25519'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'HS256'
  | 'HS384'
  | 'HS512'

interface Ecdsa {
  readonly family: 'ecdsa'
  readonly hash: string
  readonly curve: string
  readonly signatureBytes: number
}
interface Eddsa {
  readonly family: 'eddsa'
  readonly hash: null
  readonly signatureBytes: number
}
interface Rsa {
  readonly family: 'rsa' | 'rsa-pss'
  readonly hash: string
  readonly saltBytes: number
}
interface Hmac {
  readonly family: 'hmac'
  readonly hash: string
  readonly keyBytes: number
}

/** Policy as data: every algorithm that any function of this package can check. */
export const algorithms: Readonly<Record<SignatureAlgorithm, Ecdsa | Eddsa | Rsa | Hmac>> = {
  ES256: { family: 'ecdsa', hash: 'sha256', curve: 'prime256v1', signatureBytes: 64 },
  ES384: { family: 'ecdsa', hash: 'sha384', curve: 'secp384r1', signatureBytes: 96 },
  ES512: { family: 'ecdsa', hash: 'sha512', curve: 'secp521r1', signatureBytes: 132 },
  Ed25519: { family: 'eddsa', hash: null, signatureBytes: 64 },
  RS256: { family: 'rsa', hash: 'sha256', saltBytes: 0 },
  RS384: { family: 'rsa', hash: 'sha384', saltBytes: 0 },
  RS512: { family: 'rsa', hash: 'sha512', saltBytes: 0 },
  PS256: { family: 'rsa-pss', hash: 'sha256', saltBytes: 32 },
  PS384: { family: 'rsa-pss', hash: 'sha384', saltBytes: 48 },
  PS512: { family: 'rsa-pss', hash: 'sha512', saltBytes: 64 },
  HS256: { family: 'hmac', hash: 'sha256', keyBytes: 32 },
  HS384: { family: 'hmac', hash: 'sha384', keyBytes: 48 },
  HS512: { family: 'hmac', hash: 'sha512', keyBytes: 64 },
}

/** Checks one signature with a key and an algorithm that the caller has fixed before. */
export type SignatureCheck = (data: Uint8Array, signature: Uint8Array) => boolean

/** The algorithm of this name; `EdDSA` is the older name of Ed25519 (RFC 9864 §3.1.2). */
export function algorithmNamed(name: unknown): SignatureAlgorithm | undefined {
  if (name === 'EdDSA') return 'Ed25519'
  return typeof name === 'string' && Object.hasOwn(algorithms, name)
    ? (name as SignatureAlgorithm)
    : undefined
}

/** Binds a key to its algorithm. `keyQualityFault` must have accepted the key for it. */
export function signatureCheck(alg: SignatureAlgorithm, key: KeyObject): SignatureCheck {
  const algorithm = algorithms[alg]
  // A private key can check too, but only the public half is needed
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  switch (algorithm.family) {
    case 'hmac':
      return (data, signature) => {
        const mac = createHmac(algorithm.hash, key).update(data).digest()
        return mac.length === signature.length && timingSafeEqual(mac, signature)
      }
    case 'rsa':
      return (data, signature) => verify(algorithm.hash, data, publicKey, signature)
    case 'rsa-pss': {
      const padding = constants.RSA_PKCS1_PSS_PADDING
      const input = { key: publicKey, padding, saltLength: algorithm.saltBytes }
      return (data, signature) => verify(algorithm.hash, data, input, signature)
    }
    case 'ecdsa':
      // Raw r||s of exactly this length: DER never fits (RFC 7518 §3.4)
      return (data, signature) =>
        signature.length === algorithm.signatureBytes &&
        verify(algorithm.hash, data, publicKey, encodeEcdsaDer(signature))
    case 'eddsa':
      return (data, signature) =>
        signature.length === algorithm.signatureBytes && verify(null, data, publicKey, signature)
  }
}

/** Signs with one of the two algorithms that Keyhaven issues tokens with. */
export function signWith(alg: 'ES256' | 'Ed25519', key: KeyObject, data: Uint8Array): Buffer {
  return alg === 'ES256' ? decodeEcdsaDer(sign('sha256', data, key), 64) : sign(null, data, key)
}
