import type { CookieNames } from '@keyhaven/core/wire'

/** Most values of one name that are read; a browser sends fewer. */
const MAX_VALUES = 4

/** Most characters of a Cookie header that is searched. */
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
  if (text === undefined || text.length > MAX_LENGTH) return none
  let values = none
  let next = 0
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, next)) {
    next = at + name.length
    const before = text.charCodeAt(pastBlanks(text, at - 1, -1))
    const equals = pastBlanks(text, next, 1)
    // The whole name is between a semicolon (or the start) and an equals sign
    if (!(before === SEMICOLON || Number.isNaN(before))) continue
    if (text.charCodeAt(equals) !== EQUALS) continue
    const semicolon = text.indexOf(';', equals)
    next = semicolon < 0 ? text.length : semicolon
    const last = pastBlanks(text, next - 1, -1)
    const value = text.slice(pastBlanks(text, equals + 1, 1), last + 1)
    values = values === none ? [value] : [...values, value]
    if (values.length === MAX_VALUES) break
  }
  return values
}

const none: readonly string[] = []
const [TAB, SPACE, SEMICOLON, EQUALS] = [9, 32, 59, 61] as const

/** The first place from `at` on that is neither space nor tab. */
function pastBlanks(text: string, at: number, step: 1 | -1): number {
  let place = at
  for (;;) {
    const code = text.charCodeAt(place)
    if (code !== SPACE && code !== TAB) return place
    place += step
  }
}

/** Full cookie names for an issuer: prefixed over https, bare on plain-http loopback. */
export function cookieNames(issuer: URL, name = 'keyhaven'): CookieNames {
  const prefix = issuer.protocol === 'https:' ? '__Host-Http-' : ''
  return { access: `${prefix}${name}`, session: `${prefix}${name}-session` }
}

/** Whether a host name is this machine's own, for which development may use plain http. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
