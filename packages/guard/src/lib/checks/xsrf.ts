import { hash, timingSafeEqual } from 'node:crypto'
import type { GuardRequest } from './request.ts'
import type { GoodToken } from './token-result.ts'

/** Most characters of an XSRF token that is hashed. */
const MAX_LENGTH = 256

/** What a request sent as its XSRF token. */
export function xsrfHeader(request: GuardRequest): ReturnType<GuardRequest['header']> {
  return request.header('x-xsrf-token')
}

/**
 * The second check against cross-site request forgery: the header's SHA-256 equals the hash in the token or
 * the session. Constant time; false for a repeated or missing header.
 */
export function checkXsrf(
  header: string | readonly string[] | undefined,
  wantedHash: string | undefined,
): boolean {
  const value = typeof header === 'string' ? header : header?.length === 1 ? header[0] : undefined
  if (value === undefined || wantedHash === undefined || value.length > MAX_LENGTH) return false
  const offered = hash('sha256', value, 'buffer')
  const wanted = Buffer.from(wantedHash, 'base64url')
  return wanted.length === offered.length && timingSafeEqual(offered, wanted)
}

/** The same for a token, which remembers the header that matched: the page's next request needs no hash. */
export function matchesXsrf(
  header: string | readonly string[] | undefined,
  token: GoodToken,
): boolean {
  const value = typeof header === 'string' ? header : undefined
  if (value !== undefined && token.matchedXsrf !== undefined && same(value, token.matchedXsrf)) {
    return true
  }
  if (!checkXsrf(header, token.claims.xsrf)) return false
  if (value !== undefined) token.matchedXsrf = value
  return true
}

/** Compares in a time that depends only on the lengths. */
function same(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}
