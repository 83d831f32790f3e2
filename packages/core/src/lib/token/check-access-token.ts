import { bytesOf, isCanonicalBase64url } from './base64url.ts'
import { checkClaims } from './check-claims.ts'
import type { CheckedToken, TokenExpectations } from './checked-token.ts'
import { isAccessTokenType } from './header.ts'
import { namesOf } from './key-set.ts'
import type { KeySet, VerificationKey } from './key-set.ts'
import { parseStrictObject } from './strict-json.ts'

/** Most bytes of a token that is checked. */
const MAX_LENGTH = 8192

const invalid = (reason: string): CheckedToken => ({ ok: false, code: 'token_invalid', reason })
const size = invalid('size')
const segments = invalid('not three segments')
const spelling = invalid('not canonical base64url')
const wrongSignature = invalid('signature')
const wrongType = invalid('typ')

/**
 * Checks an access token and stops at the first failure of: size, three segments, canonical
 * base64url, header, known key, signature, strict JSON, typ, iss, aud, times. Never throws.
 */
export function checkAccessToken(token: string, expected: TokenExpectations): CheckedToken {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) return size
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 1 || second < 0 || token.indexOf('.', second + 1) >= 0) return segments
  const header = token.slice(0, first)
  const payload = token.slice(first + 1, second)
  const signature = token.slice(second + 1)
  if (!isCanonicalBase64url(payload) || !isCanonicalBase64url(signature)) return spelling
  // The key set knows the first segments that it writes itself; any other header is parsed strictly
  const known = expected.keys.findByHeader(header)
  if (known === undefined && !isCanonicalBase64url(header)) return spelling
  const selected = known ? { key: known, typed: true } : selectKey(header, expected.keys)
  if (typeof selected === 'string') return invalid(selected)
  const input = Buffer.from(token.slice(0, second), 'latin1')
  if (!selected.key.check(input, bytesOf(signature))) return wrongSignature
  const claims = parseStrictObject(bytesOf(payload))
  if (!claims.ok) return invalid(`claims: ${claims.reason}`)
  if (!selected.typed) return wrongType
  return checkClaims(claims.value, selected.key.kid, expected)
}

interface SelectedKey {
  readonly key: VerificationKey
  /** Whether `typ` names an access token. */
  readonly typed: boolean
}

function selectKey(segment: string, keys: KeySet): SelectedKey | string {
  const header = parseStrictObject(bytesOf(segment))
  if (!header.ok) return `header: ${header.reason}`
  const { alg, kid, typ } = header.value
  if (Object.keys(header.value).length !== 3) return 'header: exactly alg, kid, typ'
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof typ !== 'string') {
    return 'header: exactly alg, kid, typ'
  }
  const key = keys.find(kid)
  if (key === undefined) return 'header: unknown kid'
  // The key fixes the algorithm; the token only has to agree (RFC 8725 §3.1)
  if (!namesOf(key.alg).includes(alg)) return 'header: alg is not the key’s'
  return { key, typed: isAccessTokenType(typ) }
}
