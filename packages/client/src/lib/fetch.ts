import { isJson } from './call-service.ts'
import { isRefusal } from './result.ts'
import type { Runtime } from './runtime.ts'

/** What `auth.fetch` asks of the store. */
export interface Store {
  readonly headers: () => Record<string, string>
  /** Id of the account that is signed in. */
  readonly account: () => string | undefined
  /** Asks the service where it is not known who is signed in, or where a renewal is due. */
  readonly settle: () => Promise<unknown>
  /** Asks the service after a refusal, at most once in 5 s. Whether it still knows the person. */
  readonly heal: () => Promise<boolean>
}

type Fetch = Runtime['fetch']

/**
 * `fetch` for our own origin: it adds the XSRF header to unsafe methods, asks for a renewal before
 * sending where one is due, and after a Keyhaven 401 asks the service once and repeats the request
 * once, where its body can be sent again. Foreign origins get a plain `fetch`.
 */
export function createFetch(runtime: Runtime, store: Store): Fetch {
  return async (input, init) => {
    const request = (): Request => new Request(absolute(input, runtime), init)
    const repeatable = isRepeatable(input, init)
    const first = request()
    if (new URL(first.url).origin !== runtime.origin()) return runtime.fetch(first)
    await store.settle()
    const account = store.account()
    const response = await runtime.fetch(withHeaders(first, store))
    if (account === undefined || !(await isOurRefusal(response))) return response
    const healed = await store.heal()
    // What one person began is never done again as another
    if (!healed || !repeatable || store.account() !== account) return response
    return runtime.fetch(withHeaders(request(), store))
  }
}

function absolute(input: string | URL | Request, { base }: Runtime): string | URL | Request {
  return typeof input === 'string' ? new URL(input, base()) : input
}

/** False for a body that can be read only once: a stream, or a request that was made with a body. */
function isRepeatable(input: string | URL | Request, init: RequestInit | undefined): boolean {
  if (init?.body instanceof ReadableStream) return false
  // Firefox has no `Request.body`: there, only what can't have a body is known to have none
  return !(input instanceof Request) || /^(GET|HEAD)$/.test(input.method) || input.body === null
}

function withHeaders(request: Request, store: Store): Request {
  if (/^(GET|HEAD|OPTIONS)$/.test(request.method)) return request
  for (const [name, value] of Object.entries(store.headers())) request.headers.set(name, value)
  return request
}

/** Whether an API refused our credential; the body stays readable for the caller. */
async function isOurRefusal(response: Response): Promise<boolean> {
  if (response.status !== 401 || !isJson(response, 'problem+')) return false
  try {
    return isRefusal(401, await response.clone().json())
  } catch {
    return false
  }
}
