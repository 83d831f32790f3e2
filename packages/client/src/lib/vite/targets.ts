/** Options of the plugin `keyhaven` for Vite. */
export interface KeyhavenViteOptions {
  /**
   * The service's URL, as `createKeyhaven` or `KEYHAVEN_URL` has it, such as `http://localhost:3000/auth`. Its path is
   * passed on to its host. `http://localhost:4000/auth` if left out.
   */
  readonly url?: string
  /**
   * Paths of your API, such as `['/users']`, which are passed on to the host of the service. If your API is on another
   * host, name it for each path: `{ '/users': 'http://localhost:3001' }`.
   */
  readonly paths?: readonly string[] | Readonly<Record<string, string>>
}

/** A path, with everything below it, and the server that answers it. */
export interface Target {
  /** Begins with a slash, and does not end with one. */
  readonly path: string
  readonly origin: string
  /** Whether the service answers it. */
  readonly isService: boolean
}

const DEFAULT_URL = 'http://localhost:4000/auth'

/** Reads the options. @throws TypeError with one sentence if one is wrong. */
export function readTargets(options: KeyhavenViteOptions): readonly Target[] {
  if (!isRecord(options)) throw new TypeError(`keyhaven() takes an object, as in ${EXAMPLE}.`)
  const unknown = Object.keys(options).find((name) => name !== 'url' && name !== 'paths')
  if (unknown !== undefined) {
    throw new TypeError(`keyhaven() has no option ${unknown}: it has url and paths.`)
  }
  const { url = DEFAULT_URL, paths = [] } = options
  const service = readUrl('url', url)
  const path = service.pathname.replace(/\/+$/, '')
  if (path === '') {
    throw new TypeError(
      `url is ${shown(url)}, which has no path: give the service's whole URL, as in ${DEFAULT_URL}.`,
    )
  }
  const targets = [{ path, origin: service.origin, isService: true }]
  for (const [name, host] of listed(paths, service.origin)) {
    const own = { path: readPath(name), origin: readHost(name, host), isService: false }
    const twin = targets.find((one) => one.path === own.path)
    if (twin !== undefined) {
      throw new TypeError(
        `paths has ${shown(name)}, which ${twin.isService ? 'is the path of url' : 'it has already'}: leave it out.`,
      )
    }
    targets.push(own)
  }
  // The longest path first: it may be on another host than what is above it
  return targets.toSorted((one, other) => other.path.length - one.path.length)
}

/** The target of a request's path, which may have a query. */
export function targetOf(targets: readonly Target[], url = ''): Target | undefined {
  const path = url.replace(/[?#].*$/s, '')
  return targets.find((one) => path === one.path || path.startsWith(`${one.path}/`))
}

const EXAMPLE = `keyhaven({ url: '${DEFAULT_URL}', paths: ['/users'] })`

function listed(paths: unknown, origin: string): readonly (readonly [string, unknown])[] {
  if (Array.isArray(paths)) return paths.map((path: unknown) => [String(path), origin] as const)
  if (isRecord(paths)) return Object.entries(paths)
  throw new TypeError(
    `paths must be a list such as ['/users'], or an object such as { '/users': 'http://localhost:3001' }.`,
  )
}

function readPath(path: string): string {
  const url = URL.parse(path, 'http://page')
  const whole = path.replace(/\/+$/, '')
  if (!path.startsWith('/') || url?.pathname !== path || url.origin !== 'http://page') {
    throw new TypeError(
      `paths has ${shown(path)}, which is no plain path: write it as in '/users'.`,
    )
  }
  if (whole === '') {
    throw new TypeError(`paths has '/', which is the page itself: name the paths of your API.`)
  }
  return whole
}

function readHost(path: string, host: unknown): string {
  const url = readUrl(`paths['${path}']`, host)
  if (url.pathname !== '/') {
    throw new TypeError(
      `paths['${path}'] is ${shown(host)}, which has a path: write ${url.origin}. The path of a request stays as it is.`,
    )
  }
  return url.origin
}

function readUrl(name: string, value: unknown): URL {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `${name} is ${shown(value)}, which is no http URL: write it as in ${name === 'url' ? DEFAULT_URL : 'http://localhost:3000'}.`,
    )
  }
  if (url.username + url.password + url.search + url.hash !== '') {
    throw new TypeError(
      `${name} must be a URL without a user, a query and a fragment: write ${url.origin}${url.pathname}.`,
    )
  }
  return url
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
