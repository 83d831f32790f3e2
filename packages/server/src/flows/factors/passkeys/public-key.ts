import { createPublicKey } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** Members of COSE keys (RFC 9053 §7). */
const ALG = 3
const CURVE = -1
const X = -2
const Y = -3
const N = -1
const E = -2

/** What a key of each algorithm must have: a wrong curve or type would verify otherwise, or never. */
const forms = new Map<unknown, { readonly kty: number; readonly jwk: (cose: Cose) => JsonWebKey }>([
  [
    -8,
    {
      kty: 1,
      jwk: (cose) => ({ kty: 'OKP', crv: 'Ed25519', ...curve(cose, 6), x: text(cose, X) }),
    },
  ],
  [
    -7,
    {
      kty: 2,
      jwk: (cose) => ({
        kty: 'EC',
        crv: 'P-256',
        ...curve(cose, 1),
        x: text(cose, X),
        y: text(cose, Y),
      }),
    },
  ],
  [-257, { kty: 3, jwk: (cose) => ({ kty: 'RSA', n: text(cose, N), e: text(cose, E) }) }],
])

type Cose = ReadonlyMap<number, unknown>

/**
 * Checks that a public key in COSE form is one of the algorithms that are offered: on its curve, and
 * neither weak nor so large that a check would keep this machine busy.
 * @throws Error.
 */
export function requirePublicKey(bytes: Uint8Array<ArrayBuffer>): void {
  const cose = isoCBOR.decodeFirst<Map<number, unknown>>(bytes)
  const form = forms.get(cose.get(ALG))
  if (form === undefined || cose.get(1) !== form.kty) throw new Error('not an algorithm in use')
  const key: KeyObject = createPublicKey({ format: 'jwk', key: form.jwk(cose) })
  const { modulusLength: bits = 2048, publicExponent: e = 65_537n } = key.asymmetricKeyDetails ?? {}
  if (bits < 2048 || bits > 4096 || e < 3n || e % 2n === 0n || e > 2n ** 32n) {
    throw new Error('an RSA key that is not in use')
  }
}

function curve(cose: Cose, expected: number): object {
  if (cose.get(CURVE) !== expected) throw new Error('another curve')
  return {}
}

function text(cose: Cose, member: number): string {
  const value = cose.get(member)
  if (!(value instanceof Uint8Array)) throw new Error('a member of the key is missing')
  return Buffer.from(value).toString('base64url')
}
