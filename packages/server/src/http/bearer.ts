import type { GuardRequest } from '@keyhaven/guard'

/**
 * The token of `Authorization: Bearer` (RFC 6750 §2.1); the scheme's name has no case. Other
 * schemes, such as a proxy's Basic, are not ours and count as absent.
 */
export function bearerOf(request: GuardRequest): string | undefined {
  const header = request.header('authorization')
  const value = Array.isArray(header) ? header[0] : header
  const match = value === undefined ? null : /^bearer(?: +(.*))?$/i.exec(value)
  return match ? (match[1] ?? '') : undefined
}
