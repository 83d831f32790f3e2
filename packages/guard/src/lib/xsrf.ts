import { createHash, timingSafeEqual } from 'node:crypto'

/** Longest XSRF token that is hashed. */
const MAX_LENGTH = 256

/**
 * The second check against cross-site request forgery: the header's SHA-256 equals the hash that
 * the token (or the session) holds. Constant time; a repeated or missing header is false.
 */
export function checkXsrf(
  header: string | readonly string[] | undefined,
  hash: string | undefined,
): boolean {
  const value = typeof header === 'string' ? header : header?.length === 1 ? header[0] : undefined
  if (value === undefined || hash === undefined || value.length > MAX_LENGTH) return false
  const offered = createHash('sha256').update(value).digest()
  const wanted = Buffer.from(hash, 'base64url')
  return wanted.length === offered.length && timingSafeEqual(offered, wanted)
}
