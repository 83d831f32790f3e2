import { crc32 } from 'node:zlib'
import { API_KEY_PREFIX } from '../wire/names.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The two parts of an API key. */
export interface ApiKeyParts {
  readonly id: string
  readonly secret: string
}

const form = new RegExp(`^(${API_KEY_PREFIX}[0-9A-Za-z]{16})_([0-9A-Za-z]{49})$`)

/**
 * Reads an API key, `id_secret`. A mistyped one costs nothing, because its checksum is wrong.
 * @returns `undefined` for any other text.
 */
export function readApiKey(key: string): ApiKeyParts | undefined {
  const [, id, secret] = form.exec(key) ?? []
  if (id === undefined || secret === undefined) return undefined
  return checkedSecret(secret.slice(0, 43)) === secret ? { id, secret } : undefined
}

/** A secret with its checksum: the CRC-32 (IEEE) in base 62, six characters, padded with `0` on the left. */
export function checkedSecret(secret: string): string {
  let rest = crc32(secret)
  let digits = ''
  for (let at = 0; at < 6; at += 1) {
    digits = `${BASE62[rest % 62]}${digits}`
    rest = Math.floor(rest / 62)
  }
  return secret + digits
}
