/** Where an Express middleware is mounted. */
export interface MountPlace {
  /** The mount path for the log, if it is known. */
  readonly name: string
  /** Paths below which every request reaches the middleware; `''` is the whole app. */
  readonly covers: readonly string[]
}

/** The part of Express's request that is read; other hosts have none of it. */
interface ExpressRequest {
  readonly baseUrl?: string
  readonly route?: unknown
  /**
   * Parameters that the current handler's path has taken from the URL; Express empties it
   * elsewhere.
   */
  readonly params?: Readonly<Record<string, unknown>>
}

/** The whole app, for a middleware without a path. */
const everywhere: MountPlace = { name: '/', covers: [''] }

/**
 * Where this middleware is mounted, as one request shows it: the path of its router, or of the
 * route whose handler it is. A route covers the paths below it only if it ends with a wildcard and
 * has every method.
 */
export function mountPlaceOf(request: ExpressRequest, middleware: unknown): MountPlace {
  const { baseUrl = '' } = request
  const own = routeOf(request, middleware)
  if (own === undefined) return baseUrl === '' ? everywhere : { name: baseUrl, covers: [baseUrl] }
  const paths = [own.path].flat()
  const everyMethod = own.methods['_all'] || METHODS.every((method) => own.methods[method])
  const covers = paths.flatMap((path) => subtreeOf(path) ?? []).map((path) => baseUrl + path)
  return { name: baseUrl + paths.map(String).join(', '), covers: everyMethod ? covers : [] }
}

/**
 * Whether all requests for a path and the paths below it reach the middleware; Express ignores
 * case.
 */
export function isCovered(path: string, { covers }: MountPlace): boolean {
  const wanted = `${path}/`.toLowerCase()
  return covers.some((one) => wanted.startsWith(`${one}/`.toLowerCase()))
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** The part of a route of Express 4 or 5 that is read. */
interface HostRoute {
  readonly path: unknown
  readonly methods: Readonly<Record<string, boolean | undefined>>
  readonly stack: readonly { readonly handle?: unknown }[]
}

/**
 * Express keeps the last matched route on the request. It counts only if it has this handler, or if
 * its path has taken parameters from the URL: then its handler is a function that calls this one.
 */
function routeOf(
  { route, params = {} }: ExpressRequest,
  middleware: unknown,
): HostRoute | undefined {
  const { stack, methods } = (route ?? {}) as Partial<HostRoute>
  if (!Array.isArray(stack) || methods === undefined) return undefined
  const isHandler = stack.some(({ handle }) => handle === middleware)
  return isHandler || Object.keys(params).length > 0 ? (route as HostRoute) : undefined
}

/**
 * The prefix that a path with a final wildcard covers, such as `/auth` of `/auth/{*rest}` and of
 * `/auth/*`.
 */
function subtreeOf(path: unknown): string | undefined {
  const match = typeof path === 'string' ? /^((?:\/[\w.~-]+)*)\/?\{?\/?\*\w*\}?$/.exec(path) : null
  return match?.[1]
}
