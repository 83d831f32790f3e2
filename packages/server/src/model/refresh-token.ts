import { createHmac, timingSafeEqual } from 'node:crypto'
import { REFRESH_TOKEN_PREFIX } from '@keyhaven/core/wire'
import type { Keys } from './keys.ts'

/** What a refresh token names: the tokens of one session, and which of them it is. */
export interface RefreshTokenParts {
  /** 128 random bits, base64url. */
  readonly family: string
  readonly generation: number
}

const FAMILY_BYTES = 16
const SIGNED_BYTES = FAMILY_BYTES + 4
const ALL_BYTES = SIGNED_BYTES + 32

/** After its prefix: 52 bytes as base64url. */
const FORM = /^[\w-]{70}$/

/**
 * The refresh token of a generation. It is computed and not stored, so that every process can give the same
 * one again.
 */
export function refreshTokenOf(
  { refresh }: Pick<Keys, 'refresh'>,
  { family, generation }: RefreshTokenParts,
): string {
  const signed = Buffer.alloc(SIGNED_BYTES)
  signed.set(Buffer.from(family, 'base64url').subarray(0, FAMILY_BYTES))
  signed.writeUInt32BE(generation, FAMILY_BYTES)
  return (
    REFRESH_TOKEN_PREFIX + Buffer.concat([signed, codeOf(refresh, signed)]).toString('base64url')
  )
}

/** Reads a refresh token; `undefined` unless this installation has made it. */
export function readRefreshToken(
  { refresh }: Pick<Keys, 'refresh'>,
  text: string,
): RefreshTokenParts | undefined {
  const value = text.slice(REFRESH_TOKEN_PREFIX.length)
  if (!text.startsWith(REFRESH_TOKEN_PREFIX) || !FORM.test(value)) return undefined
  const bytes = Buffer.from(value, 'base64url')
  // Signs whose last bits are ignored would be another text of the same token
  if (bytes.length !== ALL_BYTES || bytes.toString('base64url') !== value) return undefined
  const signed = bytes.subarray(0, SIGNED_BYTES)
  if (!timingSafeEqual(bytes.subarray(SIGNED_BYTES), codeOf(refresh, signed))) return undefined
  return {
    family: signed.subarray(0, FAMILY_BYTES).toString('base64url'),
    generation: signed.readUInt32BE(FAMILY_BYTES),
  }
}

function codeOf(key: Keys['refresh'], signed: Uint8Array): Buffer {
  return createHmac('sha256', key).update(signed).digest()
}
