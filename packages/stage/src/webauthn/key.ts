import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { cbor } from './cbor.ts'
import type { CborValue } from './cbor.ts'

/** An algorithm of passkeys. */
export type PasskeyAlgorithm = 'EdDSA' | 'ES256' | 'RS256'

/** The key of a passkey. */
export interface PasskeyKey {
  /** The public key as COSE (RFC 9053). */
  readonly cose: Buffer
  sign(data: Uint8Array): Buffer
}

/** Makes the key of a passkey. */
export function newPasskeyKey(algorithm: PasskeyAlgorithm): PasskeyKey {
  if (algorithm === 'EdDSA') {
    const pair = generateKeyPairSync('ed25519')
    const { x } = pair.publicKey.export({ format: 'jwk' })
    return keyOf(pair.privateKey, undefined, [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, decode(x)],
    ])
  }
  if (algorithm === 'ES256') {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x, y } = pair.publicKey.export({ format: 'jwk' })
    const members = [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, decode(x)],
      [-3, decode(y)],
    ] as const
    return keyOf(pair.privateKey, 'sha256', members)
  }
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n, e } = pair.publicKey.export({ format: 'jwk' })
  return keyOf(pair.privateKey, 'sha256', [
    [1, 3],
    [3, -257],
    [-1, decode(n)],
    [-2, decode(e)],
  ])
}

function keyOf(
  key: KeyObject,
  digest: 'sha256' | undefined,
  members: readonly (readonly [number, CborValue])[],
): PasskeyKey {
  return { cose: cbor(new Map(members)), sign: (data) => sign(digest, data, key) }
}

function decode(text = ''): Buffer {
  return Buffer.from(text, 'base64url')
}
