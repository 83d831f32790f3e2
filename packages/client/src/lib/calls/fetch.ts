import { replyIn } from './call-service.ts'
import { refusalIn } from './results.ts'
import type { Runtime } from '../runtime.ts'
import type { Store } from '../state/store.ts'
import { XSRF_HEADER } from '@keyhaven/core/wire'

/** The functions of the page that `auth.fetch` uses. */
export interface FetchContext {
  readonly store: Pick<Store, 'known' | 'dispatch'>
  /** The id of the account of the last view. */
  readonly who: () => string | undefined
  /** Whether cookies and the XSRF header may go there. */
  readonly isOurs: (address: URL) => boolean
  /**
   * Checks with the service who is signed in. With the time of a refused request: at most once in 5 s. Resolves
   * with whether the person is known.
   */
  readonly recheck: (sentAt?: number) => Promise<boolean>
}

/** `fetch` for the person with the id `beganAs`, who has begun the request. */
export type FetchAs = (
  input: string | URL | Request,
  init?: RequestInit,
  beganAs?: string,
) => Promise<Response>

/**
 * Creates `fetch` for the own origins. It sends cookies, adds the XSRF header to unsafe methods, and renews
 * first if that is due. After a 401 of Keyhaven it checks the session once, and repeats the request once if
 * its body can be sent again. Foreign origins get a plain `fetch`. It sends no cookies for a person who is
 * signing out, whose data must not be loaded, or who is gone: a request never runs as another person.
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
    // A stream can be read only once, and so can a request's body. Firefox has no `Request.body`: there only
    // the method shows that a request has none
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
