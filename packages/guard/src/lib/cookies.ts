import type { CookieNames } from '@keyhaven/core/wire'

/** Values of one name that are looked at; more are an attack. */
const MAX_VALUES = 4

/** Longest Cookie header that is searched, in characters. */
const MAX_LENGTH = 16_384

/**
 * All values of a cookie, in the order they came, at most 4. Names are compared exactly and
 * trimmed of space and tab only: other blanks are part of a foreign name (RFC 10025 §5.6).
 */
export function readCookie(
  header: string | readonly string[] | undefined,
  name: string,
): readonly string[] {
  const text = typeof header === 'string' ? header : header?.join('; ')
  if (text === undefined || text.length > MAX_LENGTH || !text.includes(name)) return none
  const values: string[] = []
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && trim(pair.slice(0, equals)) === name && values.length < MAX_VALUES) {
      values.push(trim(pair.slice(equals + 1)))
    }
  }
  return values
}

const none: readonly string[] = []

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** Full cookie names for an issuer: prefixed over https, bare on plain-http loopback. */
export function cookieNames(issuer: URL, name = 'keyhaven'): CookieNames {
  const prefix = issuer.protocol === 'https:' ? '__Host-Http-' : ''
  return { access: `${prefix}${name}`, session: `${prefix}${name}-session` }
}

/** Whether a host name is this machine's own: where plain http is allowed for development. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
