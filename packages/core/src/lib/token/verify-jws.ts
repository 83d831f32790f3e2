import type { KeyObject } from 'node:crypto'
import { KeyhavenError } from '../errors/keyhaven-error.ts'
import { algorithmNamed, signatureCheck } from './algorithms.ts'
import { bytesOf, isCanonicalBase64url } from './base64url.ts'
import { importKey } from './import-key.ts'
import type { Jwk } from './import-key.ts'
import { parseStrictObject } from './strict-json.ts'

/** Most characters of a compact JWS that is checked. */
const MAX_LENGTH = 1_048_576

/** A JWS whose signature is good. The payload is not interpreted. */
export interface VerifiedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Uint8Array
}

/**
 * Checks the signature of a compact JWS (RFC 7515 §5.2) with one key and one algorithm, both chosen
 * by the caller; a key in the header is ignored. For an access token use `verifyAccessToken`.
 * @throws KeyhavenError `token_invalid`; `details.reason` names the check that failed.
 */
export function verifyJws(
  compact: string,
  expected: { readonly key: Jwk | KeyObject; readonly alg: string },
): VerifiedJws {
  if (typeof compact !== 'string' || compact.length > MAX_LENGTH) throw invalid('size')
  const segments = compact.split('.', 4)
  const [headerText = '', payloadText = '', signatureText = ''] = segments
  if (segments.length !== 3) throw invalid('not three segments')
  if (
    !isCanonicalBase64url(headerText) ||
    (payloadText !== '' && !isCanonicalBase64url(payloadText)) ||
    !isCanonicalBase64url(signatureText)
  ) {
    throw invalid('not canonical base64url')
  }
  const header = parseStrictObject(bytesOf(headerText))
  if (!header.ok) throw invalid(`header: ${header.reason}`)
  checkHeader(header.value, expected)
  const imported = importKey(expected.key, expected.alg)
  if (!imported.ok) throw invalid(`key: ${imported.reason}`)
  const check = signatureCheck(imported.alg, imported.key)
  const input = Buffer.from(`${headerText}.${payloadText}`, 'latin1')
  if (!check(input, bytesOf(signatureText))) throw invalid('signature')
  return { header: header.value, payload: bytesOf(payloadText) }
}

function checkHeader(
  header: Readonly<Record<string, unknown>>,
  { key, alg }: { readonly key: Jwk | KeyObject; readonly alg: string },
): void {
  if (header['alg'] !== alg && !isSameEddsa(header['alg'], alg)) throw invalid('header: alg')
  // No extension is implemented, so a token with a critical one is refused (RFC 7515 §4.1.11)
  if (Object.hasOwn(header, 'crit')) throw invalid('header: crit')
  if (Object.hasOwn(header, 'b64')) throw invalid('header: b64')
  const kid = 'kid' in key ? key.kid : undefined
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') throw invalid('header: kid')
  if (kid !== undefined && header['kid'] !== undefined && header['kid'] !== kid) {
    throw invalid('header: kid names another key')
  }
}

function isSameEddsa(offered: unknown, wanted: string): boolean {
  return algorithmNamed(wanted) === 'Ed25519' && algorithmNamed(offered) === 'Ed25519'
}

function invalid(reason: string): KeyhavenError {
  return new KeyhavenError('token_invalid', { reason })
}
