import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Keys } from '../../../model/keys.ts'
import type { CredentialDescriptor } from './assertion-options.ts'

/** Passkeys as common authenticators make them: the bytes of their ids, and the ways to them. */
const kinds = [
  { length: 32, transports: ['hybrid', 'internal'] },
  { length: 20, transports: ['hybrid', 'internal'] },
  { length: 16, transports: ['hybrid', 'internal'] },
  { length: 32, transports: ['internal'] },
] as const

/**
 * Passkeys that do not exist, for a login that belongs to no account or to one without passkeys. They are
 * the same every time and random for a caller who lacks the key (H48).
 * @param login In its canonical form, or as it was typed if it has none.
 */
export function inventedPasskeys(keys: Keys, login: string): readonly CredentialDescriptor[] {
  const [count = 0, ...choices] = bytesOf(keys, `passkeys ${login}`)
  // One of four accounts has two
  return Array.from({ length: count < 64 ? 2 : 1 }, (_, at) => {
    const kind = kinds[(choices[at] ?? 0) % kinds.length] ?? kinds[0]
    const drawn = bytesOf(keys, `passkey ${at} ${login}`).subarray(0, kind.length / 2)
    const id = Buffer.concat([drawn, markOf(keys, drawn)])
    return { type: 'public-key', id: id.toString('base64url'), transports: kind.transports }
  })
}

/**
 * Whether a credential id was invented, for whatever login. The service answers as if it existed: else a
 * caller who sends it back would find out, and with it that the login has no passkey.
 */
export function isInvented(keys: Keys, id: string): boolean {
  const bytes = Buffer.from(id, 'base64url')
  if (!kinds.some(({ length }) => length === bytes.length)) return false
  const half = bytes.length / 2
  return timingSafeEqual(markOf(keys, bytes.subarray(0, half)), bytes.subarray(half))
}

/** The second half of an invented id, by which the service knows it again. */
function markOf(keys: Keys, drawn: Buffer): Buffer {
  return bytesOf(keys, `invented ${drawn.toString('base64url')}`).subarray(0, drawn.length)
}

function bytesOf({ factors }: Keys, text: string): Buffer {
  return createHmac('sha256', factors).update(text).digest()
}
