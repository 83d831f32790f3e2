import { problemIn } from './result.ts'
import type { AuthState } from './state.ts'
import type { Runtime } from './runtime.ts'

/** What `auth.fetch` asks of the store. */
export interface Store {
  readonly headers: () => Record<string, string>
  readonly isSignedIn: () => boolean
  /** Whether the access token is old enough that the service renews it. */
  readonly isDue: () => boolean
  readonly refresh: () => Promise<AuthState>
  /** Asks the service after a refusal, at most once in 5 s. */
  readonly heal: () => Promise<AuthState>
}

type Fetch = Runtime['fetch']

/**
 * `fetch` for our own origin: it adds the XSRF header to unsafe methods, asks for a renewal before
 * sending where one is due, and after a Keyhaven 401 asks the service once and repeats the request
 * once, where its body can be sent again. Foreign origins get a plain `fetch`.
 */
export function createFetch(runtime: Runtime, store: Store): Fetch {
  return async (input, init) => {
    const request = (): Request => new Request(absolute(input, runtime.page()), init)
    const first = request()
    if (new URL(first.url).origin !== new URL(runtime.page()).origin) {
      return runtime.fetch(first)
    }
    if (store.isSignedIn() && store.isDue()) await store.refresh()
    const repeatable = first.body === null || !isStream(input, init)
    const response = await runtime.fetch(withHeaders(first, store))
    if (!store.isSignedIn() || !(await isOurRefusal(response))) return response
    const state = await store.heal()
    if (state.status !== 'signed-in' || !repeatable) return response
    return runtime.fetch(withHeaders(request(), store))
  }
}

function absolute(input: string | URL | Request, page: string): string | URL | Request {
  return typeof input === 'string' ? new URL(input, page) : input
}

/** A body that can be read only once: a stream, or a request that was made with a body. */
function isStream(input: string | URL | Request, init: RequestInit | undefined): boolean {
  return init?.body instanceof ReadableStream || (input instanceof Request && input.body !== null)
}

function withHeaders(request: Request, store: Store): Request {
  if (/^(GET|HEAD|OPTIONS)$/.test(request.method)) return request
  for (const [name, value] of Object.entries(store.headers())) request.headers.set(name, value)
  return request
}

/** A 401 problem of Keyhaven's own; the body stays readable for the caller. */
async function isOurRefusal(response: Response): Promise<boolean> {
  const type = response.headers.get('content-type') ?? ''
  if (response.status !== 401 || !type.startsWith('application/problem+json')) return false
  try {
    return problemIn(await response.clone().json()) !== undefined
  } catch {
    return false
  }
}
