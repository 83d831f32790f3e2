import { checkAccess } from '@keyhaven/core/access'
import { checkOptions, option } from '@keyhaven/core/errors'
import { parseNetwork } from './addresses/address.ts'
import { isLoopback } from './checks/cookies.ts'

const PLACE = 'createGuard'

/** Seconds. Heartbeats arrive each second, so a smaller limit would be exceeded by chance. */
const LEAST_STALENESS = 3

/** Seconds. No token lives longer, so a greater limit would have no effect. */
const MOST_STALENESS = 86_400

const checks = {
  issuer: option.anything,
  access: (value: unknown) => {
    checkAccess(value)
    return undefined
  },
  audience: (value: unknown) => option.aText(value) ?? blanks(value),
  reach: option.anything,
  feedKey: (value: unknown) =>
    typeof value === 'string' && /^khg_[0-9A-Za-z]{43}$/.test(value)
      ? undefined
      : 'must be the whole key that `keyhaven guards add NAME` printed: khg_…',
  maxStaleness: (value: unknown) =>
    typeof value === 'number' && value >= LEAST_STALENESS && value <= MOST_STALENESS
      ? undefined
      : `must be a number of seconds, ${LEAST_STALENESS} or more and ${MOST_STALENESS} at most`,
  onStale: option.oneOf('refuse', 'allow'),
  revocations: option.oneOf('off'),
  trustProxy: (value: unknown) =>
    Array.isArray(value) && value.every(isNetwork)
      ? undefined
      : "must be a list of addresses and networks of proxies, like ['10.0.0.0/8']",
  exposeHeaders: option.headerNames,
  onRefused: option.aFunction,
  log: option.aFunction,
}

/** The untyped options that are checked here; `GuardOptions` has their types. */
interface Given {
  readonly issuer?: unknown
  readonly reach?: unknown
  readonly feedKey?: unknown
  readonly revocations?: unknown
}

/**
 * Checks the options of `createGuard`, so that no misspelt or malformed option leads to less protection.
 * @returns the issuer as a URL.
 * @throws TypeError with one sentence.
 */
export function checkGuardOptions(options: unknown): URL {
  checkOptions(PLACE, options, checks)
  const { issuer, reach, feedKey, revocations } = options as Given
  const url = checkedIssuer(issuer)
  if (reach !== undefined) checkReach(reach)
  if (feedKey === undefined && revocations === undefined && !isLoopback(url.hostname)) {
    throw fault(
      'without a feedKey a revoked token is valid here until it expires: pass the feedKey that `keyhaven guards add NAME` prints, or write revocations: "off" to accept that.',
    )
  }
  if (feedKey !== undefined && revocations !== undefined) {
    throw fault('feedKey and revocations: "off" contradict each other; leave one out.')
  }
  return url
}

/**
 * Checks the guard that an adapter was given.
 * @throws TypeError with one sentence.
 */
export function checkGuard(place: string, guard: unknown): void {
  const { settle, recognize } = (guard ?? {}) as Record<string, unknown>
  if (typeof settle === 'function' && typeof recognize === 'function') return
  throw new TypeError(`${place}: the first argument must be a guard, as createGuard makes it.`)
}

/**
 * Checks an argument that must be a function, at start and not at the first request.
 * @throws TypeError with one sentence.
 */
export function checkFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${what} must be a function.`)
}

function checkedIssuer(issuer: unknown): URL {
  const wanted = "the service's URL without a slash at its end, like https://app.example/auth"
  if (typeof issuer !== 'string') throw fault(`issuer must be ${wanted}.`)
  const url = webUrl('issuer', issuer)
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw fault(`issuer '${issuer}' must be https: plain http is only for this machine.`)
  }
  const plain = url.href.replace(/\/$/, '')
  if (issuer !== plain) {
    throw fault(`issuer '${issuer}' must be ${wanted}: write ${plain.replace(/\/+$/, '')}`)
  }
  return url
}

function checkReach(reach: unknown): void {
  if (typeof reach !== 'string') {
    throw fault('reach must be the URL of the issuer inside your network.')
  }
  webUrl('reach', reach)
}

/** Parses a URL of a service. Its user and password are in no error message. */
function webUrl(name: string, text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const bare = text.replace(/^\/+/, '')
    if (/^[\w.-]+(?::\d+)?(?:\/[\w/.~-]*)?$/.test(bare) && /[.:/]|^localhost$/.test(bare)) {
      const { hostname } = URL.parse(`http://${bare}`) ?? { hostname: '' }
      const scheme = isLoopback(hostname) ? 'http' : 'https'
      throw fault(`${name} '${text}' has no scheme: write ${scheme}://${bare}`)
    }
    throw fault(`${name} must be a URL without a slash at its end, like https://app.example/auth.`)
  }
  if (url.username || url.password) throw fault(`${name} must contain no user and no password.`)
  if (/[?#]/.test(url.href)) throw fault(`${name} must have no query and no fragment.`)
  return url
}

function isNetwork(value: unknown): boolean {
  return typeof value === 'string' && parseNetwork(value) !== undefined
}

function blanks(value: unknown): string | undefined {
  return /\s/.test(String(value)) ? 'must contain no blanks' : undefined
}

function fault(sentence: string): TypeError {
  return new TypeError(`${PLACE}: ${sentence}`)
}
