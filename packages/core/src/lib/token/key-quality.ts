import type { KeyObject } from 'node:crypto'
import { algorithms } from './algorithms.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { hasRocaFingerprint } from './roca.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192

/** Why this key can't be used with this algorithm, or `undefined` if it can (RFC 7518 §3, RFC 8725 §3.5). */
export function keyQualityFault(key: KeyObject, alg: SignatureAlgorithm): string | undefined {
  const algorithm = algorithms[alg]
  switch (algorithm.family) {
    case 'hmac':
      return unfitSecret(key, { alg, keyBytes: algorithm.keyBytes })
    case 'eddsa':
      return key.asymmetricKeyType === 'ed25519' ? undefined : `${alg} needs an Ed25519 key`
    case 'ecdsa':
      return key.asymmetricKeyType === 'ec' &&
        key.asymmetricKeyDetails?.namedCurve === algorithm.curve
        ? undefined
        : `${alg} needs an EC key on ${algorithm.curve}`
    case 'rsa':
    case 'rsa-pss':
      return unfitRsa(key)
  }
}

/** Refuses text as a key: it is probably a password (JOSE-14). One in 10^13 random keys is all printable. */
function unfitSecret(
  key: KeyObject,
  { alg, keyBytes }: { readonly alg: string; readonly keyBytes: number },
): string | undefined {
  if (key.type !== 'secret') return `${alg} needs a secret key`
  const bytes = key.export()
  if (bytes.length < keyBytes) return `${alg} needs a key of at least ${keyBytes} bytes`
  return isText(bytes) ? `${alg} needs random bytes, and this key is text` : undefined
}

function isText(bytes: Uint8Array): boolean {
  try {
    // Text has no control characters but white space
    return !/[^\P{Cc}\t\n\r]/u.test(utf8.decode(bytes))
  } catch {
    return false
  }
}

function unfitRsa(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return 'an RSA key is needed'
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < MIN_RSA_BITS) return `the RSA key has fewer than ${MIN_RSA_BITS} bits`
  if (modulusLength > MAX_RSA_BITS) return `the RSA key has more than ${MAX_RSA_BITS} bits`
  if (publicExponent < 3n || publicExponent % 2n === 0n) return 'the RSA exponent is weak'
  if (hasRocaFingerprint(modulusOf(key))) return 'the RSA key has the ROCA weakness'
  return undefined
}

function modulusOf(key: KeyObject): bigint {
  const { n = '' } = key.export({ format: 'jwk' })
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`)
}
