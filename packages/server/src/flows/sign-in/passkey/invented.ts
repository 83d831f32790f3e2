import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Keys } from '../../../model/keys.ts'
import type { CredentialDescriptor } from '../../factors/passkeys/assertion-options.ts'

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
export function inventedPasskeys(
  { factors }: Keys,
  login: string,
): readonly CredentialDescriptor[] {
  const [count = 0, ...choices] = bytesOf(factors, `passkeys ${login}`)
  // One of four accounts has two
  return Array.from({ length: count < 64 ? 2 : 1 }, (_, at) => {
    const kind = kinds[(choices[at] ?? 0) % kinds.length] ?? kinds[0]
    const id = bytesOf(factors, `passkey ${at} ${login}`).subarray(0, kind.length)
    return { type: 'public-key', id: id.toString('base64url'), transports: kind.transports }
  })
}

function bytesOf(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
