import type { GuardRequest } from '@keyhaven/guard'

/**
 * Parts of `User-Agent` and their meaning. The first match counts, because browsers also name the
 * ones they derive from.
 */
const browsers = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['CriOS/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** Characters of the header that are read. */
const LONGEST = 500

/**
 * The browser that sends the request, such as “Firefox on Linux”; `undefined` for others. All names
 * come from these two lists, so no text of a client is stored or shown. They describe the browser
 * and prove nothing.
 */
export function browserOf(request: GuardRequest): string | undefined {
  const header = request.header('user-agent')
  if (typeof header !== 'string') return undefined
  const agent = header.slice(0, LONGEST)
  const browser = nameOf(browsers, agent)
  const system = nameOf(systems, agent)
  return browser === undefined || system === undefined ? browser : `${browser} on ${system}`
}

function nameOf(
  signs: readonly (readonly [sign: string, name: string])[],
  agent: string,
): string | undefined {
  return signs.find(([sign]) => agent.includes(sign))?.[1]
}
