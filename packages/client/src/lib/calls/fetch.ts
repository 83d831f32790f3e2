import { replyIn } from './call-service.ts'
import { codeIn, refusalIn } from './results.ts'
import type { StepUps } from './step-ups.ts'
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
  readonly stepUps: Pick<StepUps, 'mark' | 'wait'>
}

/** `fetch` for the person with the id `beganAs`, who has begun the request. */
export type FetchAs = (
  input: string | URL | Request,
  init?: RequestInit,
  beganAs?: string,
) => Promise<Response>

/**
 * Creates `fetch` for the own origins. It sends cookies, adds the XSRF header to unsafe methods, and renews
 * first if that is due. After a 401 of Keyhaven it checks the session once, or waits for a step-up once, and
 * repeats the request if its body can be sent again. Foreign origins get a plain `fetch`. It sends no cookies for a person who is
 * signing out, whose data must not be loaded, or who is gone: a request never runs as another person.
 */
export function createFetch(
  runtime: Runtime,
  { store, who, isOurs, recheck, stepUps }: FetchContext,
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
    const signal = init?.signal ?? (given ? input.signal : undefined)
    const seen = stepUps.mark()
    /** What was done about a refusal: each once. */
    const done: string[] = []
    let sentAt = runtime.now()
    let response = await send(request)
    while (sender !== undefined && who() === sender && response.status === 401) {
      const refused = response
      // The body stays readable for the caller
      const reply = await replyIn(() => refused.clone())
      const remedy = codeIn(reply) === 'step_up_required' ? 'prove' : refusalIn(reply) && 'check'
      if (!remedy || done.includes(remedy)) break
      done.push(remedy)
      const mayRepeat =
        remedy === 'check'
          ? await recheck(sentAt)
          : repeatable && (await stepUps.wait(reply, seen, signal))
      if (!mayRepeat || !repeatable || who() !== sender) break
      sentAt = runtime.now()
      response = await send(make())
    }
    return response
  }
}

function isSafe(method: string): boolean {
  return /^(GET|HEAD|OPTIONS)$/.test(method)
}
