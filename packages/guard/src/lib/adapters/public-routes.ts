/** Whether a method and path need no credential. */
export type PublicRoutes = (method: string, path: string) => boolean

interface Pattern {
  readonly method: string
  readonly segments: readonly string[]
  /** A last `*`: any number of further segments. */
  readonly open: boolean
}

const METHOD = /^[A-Z]+$/
const SEGMENT = /^(?::[A-Za-z_]\w*|[A-Za-z0-9._~-]+)$/
const REST = /^(?:\*[\w]*|\{\*\w+\})$/

/**
 * Prepares patterns such as `GET /health`, `GET /notes/:id`, `GET /files/*`. `GET` opens `HEAD`
 * too. A path that may not match stays private.
 * @throws TypeError for a pattern that is malformed or opens everything.
 */
export function publicRoutes(patterns: readonly string[] = []): PublicRoutes {
  if (!Array.isArray(patterns) || !patterns.every((one) => typeof one === 'string')) {
    throw new TypeError("public: must be a list of routes, like ['GET /health'].")
  }
  const prepared = Map.groupBy(patterns.map(prepare), ({ method }) => method)
  return (method, path) => {
    const possible = prepared.get(method === 'HEAD' ? 'GET' : method)
    if (possible === undefined) return false
    const offered = path.split('/').slice(1)
    return possible.some((pattern) => matches(pattern, offered))
  }
}

function prepare(line: string): Pattern {
  const [method = '', path = '', ...more] = line.split(' ')
  if (more.length > 0 || !METHOD.test(method) || !path.startsWith('/')) {
    throw new TypeError(`public: '${line}' must be a method and a path, like 'GET /health'.`)
  }
  const segments = path.split('/').slice(1)
  const open = REST.test(segments.at(-1) ?? '')
  const fixed = open ? segments.slice(0, -1) : segments
  if (open && fixed.every((segment) => segment.startsWith(':'))) {
    throw new TypeError(
      `public: '${line}' opens every route: guard a prefix instead, with the option guard: '/api'.`,
    )
  }
  if (path !== '/' && !fixed.every((segment) => SEGMENT.test(segment))) {
    throw new TypeError(
      `public: '${line}' can’t be matched safely: use plain segments, ':name' or a last '*'.`,
    )
  }
  return { method, segments: fixed, open }
}

function matches({ segments, open }: Pattern, offered: readonly string[]): boolean {
  if (open ? offered.length < segments.length : offered.length !== segments.length) return false
  return segments.every((segment, at) =>
    segment.startsWith(':') ? offered[at] !== '' : segment === offered[at],
  )
}

/** Characters that a browser encodes in a path; some frameworks cut them off. */
const unprintable = /[^\x21-\x7e]/

/**
 * Whether two servers could read a path differently: dot segments, encoded slashes or dots, doubled slashes,
 * blanks and bytes that should be encoded, a whole URL in place of a path.
 */
export function isAmbiguousPath(path: string): boolean {
  if (!path.startsWith('/')) return true
  return /\/\/|\\|%2f|%5c|%2e|%00|\/\.{1,2}(?:\/|$)/i.test(path) || unprintable.test(path)
}

const PLAIN_PATH = /^(?:\/[\w~.-]+)+$/

/**
 * Checks the prefix that a gate guards; `/` is all, and one slash at the end does no harm. A pattern or a
 * misspelt path would match nothing, which would open the whole app.
 * @throws TypeError with a sentence if it is not a plain path.
 */
export function guardedPrefix(guard: unknown = '/'): string {
  if (guard === '/') return ''
  const path = typeof guard === 'string' ? guard.replace(/\/$/, '') : ''
  if (PLAIN_PATH.test(path) && !isAmbiguousPath(path)) return path
  throw new TypeError(
    `guard: ${JSON.stringify(guard) ?? String(guard)} must be a plain path, like '/api': it covers everything below, and takes no pattern, no query and no encoded characters.`,
  )
}

/** The path of a request's URL, without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/**
 * Whether a path is at or below a prefix, in any spelling that a router may accept: Express ignores case,
 * others decode first. True for a path that can't be decoded.
 */
export function liesBelow(path: string, prefix: string): boolean {
  if (prefix === '') return true
  try {
    const [plain, wanted] = [decodeURIComponent(path), prefix].map((one) => one.toLowerCase())
    return plain === wanted || plain?.startsWith(`${wanted}/`) === true
  } catch {
    return true
  }
}
