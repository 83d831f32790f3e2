import { replyIn } from './call-service.ts'
import { refusalIn } from './result.ts'
import type { Runtime } from './runtime.ts'

/** What `auth.fetch` asks of the store. */
export interface Store {
  readonly headers: () => Record<string, string>
  /** Whether cookies and the XSRF header may go there. */
  readonly isOurs: (address: URL) => boolean
  /** Id of the account that is signed in. */
  readonly account: () => string | undefined
  /** Asks the service where it is not known who is signed in, or where a renewal is due. */
  readonly settle: () => Promise<unknown>
  /** Asks the service after a refusal of a request that was sent then, at most once in 5 s. Whether it still knows the person. */
  readonly heal: (sentAt: number) => Promise<boolean>
}

/**
 * `fetch` for our own origins: it sends cookies, adds the XSRF header to unsafe methods, asks for a
 * renewal before sending where one is due, and after a Keyhaven 401 asks the service once and repeats
 * the request once, where its body can be sent again. Foreign origins get a plain `fetch`.
 */
export function createFetch(runtime: Runtime, store: Store): Runtime['fetch'] {
  return async (input, init) => {
    const given = input instanceof Request
    const address = new URL(given ? input.url : input, runtime.base())
    const target = given ? input : address
    if (!store.isOurs(address)) return runtime.fetch(target, init)
    // A stream is read only once, and so is a request's body. Firefox has no `Request.body`: there,
    // only what can't have a body is known to have none
    const repeatable =
      !(init?.body instanceof ReadableStream) &&
      (!given || input.body === null || isSafe(input.method))
    const make = (): Request =>
      new Request(target, { credentials: 'include', duplex: 'half', ...init } as RequestInit)
    const send = (request: Request): Promise<Response> => {
      if (!isSafe(request.method)) {
        for (const [name, value] of Object.entries(store.headers()))
          request.headers.set(name, value)
      }
      return runtime.fetch(request)
    }
    const request = make()
    await store.settle()
    const account = store.account()
    const sentAt = runtime.now()
    const response = await send(request)
    if (account === undefined || response.status !== 401) return response
    // The body stays readable for the caller
    if (refusalIn(await replyIn(() => response.clone())) === undefined) return response
    const healed = await store.heal(sentAt)
    // What one person began is never done again as another
    return healed && repeatable && store.account() === account ? send(make()) : response
  }
}

function isSafe(method: string): boolean {
  return /^(GET|HEAD|OPTIONS)$/.test(method)
}
