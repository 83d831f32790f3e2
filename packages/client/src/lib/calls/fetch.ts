import { replyIn } from './call-service.ts'
import { refusalIn } from './results.ts'
import type { Runtime } from '../runtime.ts'
import type { Store } from '../state/store.ts'
import { XSRF_HEADER } from '@keyhaven/core/wire'

/** What `auth.fetch` needs of the page. */
export interface FetchContext {
  readonly store: Pick<Store, 'known' | 'dispatch'>
  /** The account of the last view. */
  readonly who: () => string | undefined
  /** Whether cookies and the XSRF header may go there. */
  readonly isOurs: (address: URL) => boolean
  /** Asks the service, after a refusal of a request that was sent then at most once in 5 s. Whether it knows the person. */
  readonly recheck: (sentAt?: number) => Promise<boolean>
}

/** `fetch` as the person with this id, who has begun the request. */
export type FetchAs = (
  input: string | URL | Request,
  init?: RequestInit,
  beganAs?: string,
) => Promise<Response>

/**
 * `fetch` for our own origins: it sends cookies, adds the XSRF header to unsafe methods, asks for a
 * renewal before sending if one is due, and after a Keyhaven 401 asks the service once and repeats
 * the request once, if its body can be sent again. Foreign origins get a plain `fetch`. No cookies are
 * sent for a person who is signing out, because what comes back must not be theirs, nor for one who
 * is gone by then: what one person began is never done as another.
 */
export function createFetch(
  runtime: Runtime,
  { store, who, isOurs, recheck }: FetchContext,
): FetchAs {
  return async (input, init, beganAs = who()) => {
    const given = input instanceof Request
    const address = new URL(given ? input.url : input, runtime.base())
    const target = given ? input : address
    if (!isOurs(address)) return runtime.fetch(target, init)
    // A stream is read only once, and so is a request's body. Firefox has no `Request.body`: there,
    // only what can't have a body is known to have none
    const repeatable =
      !(init?.body instanceof ReadableStream) &&
      (!given || input.body === null || isSafe(input.method))
    const make = (): Request =>
      new Request(target, { credentials: 'include', duplex: 'half', ...init } as RequestInit)
    const send = async (made: Request): Promise<Response> => {
      const { view, state } = store.known
      const isGone = state.leaving || who() !== sender
      const request = isGone ? new Request(made, { credentials: 'omit' }) : made
      if (!isGone && view && state.session && !isSafe(request.method)) {
        request.headers.set(XSRF_HEADER, view.xsrfToken)
      }
      const response = await runtime.fetch(request)
      store.dispatch({ type: 'alive' })
      return response
    }
    const request = make()
    const { renewAt, validUntil } = store.known
    if (runtime.now() >= Math.min(renewAt, validUntil)) await recheck()
    const sender = beganAs ?? who()
    const sentAt = runtime.now()
    const response = await send(request)
    if (sender === undefined || who() !== sender || response.status !== 401) return response
    // The body stays readable for the caller
    if (refusalIn(await replyIn(() => response.clone())) === undefined) return response
    const isKnown = await recheck(sentAt)
    return isKnown && repeatable && who() === sender ? send(make()) : response
  }
}

function isSafe(method: string): boolean {
  return /^(GET|HEAD|OPTIONS)$/.test(method)
}
