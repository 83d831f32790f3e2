/** Where an Express middleware is mounted. */
export interface MountPlace {
  /** For the log: the path as it was written, if that is known. */
  readonly name: string
  /** Paths below which every request reaches it; `''` is the whole app. */
  readonly covers: readonly string[]
}

/** As much of Express's request as is looked at; other hosts have none of it. */
interface Asked {
  readonly baseUrl?: string
  readonly route?: unknown
  /** What the path of the place that handles it now has taken from the URL; Express empties it elsewhere. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** The whole app: a middleware without a path. */
const everywhere: MountPlace = { name: '/', covers: [''] }

/**
 * The place of this middleware, as one request shows it: the path of its router, or that of the route whose
 * handler it is. A route covers what is below it only with a wildcard, and only if it has every method.
 */
export function mountPlaceOf(asked: Asked, middleware: unknown): MountPlace {
  const { baseUrl = '' } = asked
  const own = routeOf(asked, middleware)
  if (own === undefined) return baseUrl === '' ? everywhere : { name: baseUrl, covers: [baseUrl] }
  const paths = [own.path].flat()
  const everyMethod = own.methods['_all'] || METHODS.every((method) => own.methods[method])
  const covers = paths.flatMap((path) => subtreeOf(path) ?? []).map((path) => baseUrl + path)
  return { name: baseUrl + paths.map(String).join(', '), covers: everyMethod ? covers : [] }
}

/** Whether all requests for a path and what is below it reach a place; Express finds paths in any case. */
export function isCovered(path: string, { covers }: MountPlace): boolean {
  const wanted = `${path}/`.toLowerCase()
  return covers.some((one) => wanted.startsWith(`${one}/`.toLowerCase()))
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** As much of a route of Express 4 or 5 as is looked at. */
interface HostRoute {
  readonly path: unknown
  readonly methods: Readonly<Record<string, boolean | undefined>>
  readonly stack: readonly { readonly handle?: unknown }[]
}

/**
 * Express keeps the route that matched last on the request. It counts only if this is its handler, or if its
 * path has taken something from the URL just now: then its handler is a function that calls this one.
 */
function routeOf({ route, params = {} }: Asked, middleware: unknown): HostRoute | undefined {
  const { stack, methods } = (route ?? {}) as Partial<HostRoute>
  if (!Array.isArray(stack) || methods === undefined) return undefined
  const isHandler = stack.some(({ handle }) => handle === middleware)
  return isHandler || Object.keys(params).length > 0 ? (route as HostRoute) : undefined
}

/** What a path with a wildcard at its end covers, such as `/auth` of `/auth/{*rest}` and of `/auth/*`. */
function subtreeOf(path: unknown): string | undefined {
  const match = typeof path === 'string' ? /^((?:\/[\w.~-]+)*)\/?\{?\/?\*\w*\}?$/.exec(path) : null
  return match?.[1]
}
