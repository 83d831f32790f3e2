import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import { replyIn } from '../calls/call-service.ts'
import { refusalIn, viewIn } from '../calls/results.ts'
import { offline, signedIn, signedOut } from '../state/states.ts'
import type { AuthState } from '../state/states.ts'
import { ownCookies } from './cookies.ts'
import type { ServicePlace } from './service-place.ts'

/** Milliseconds that the service has to answer before the page is drawn without it. */
const TIME_OUT = 3000

/** Who has sent a request to the page's server, by the service's answer. */
export interface PersonOf {
  /** It has no token. Without an answer its status is `offline`: nothing is known. */
  readonly state: AuthState
  /** The `Set-Cookie` lines of the answer. */
  readonly cookies: readonly string[]
}

/** The parts of a request that name its sender. */
export interface SenderHeaders {
  readonly get: (name: string) => string | null
}

/**
 * The service renews only for a page of its own origin. This server is one, unless another site has sent the browser
 * here.
 */
function asPage(
  { origin }: ServicePlace,
  headers: SenderHeaders,
): Readonly<Record<string, string>> {
  const isOwn = ['none', 'same-origin'].includes(headers.get('sec-fetch-site') ?? 'none')
  return isOwn ? { origin, 'sec-fetch-site': 'same-origin' } : {}
}

/**
 * Calls the service with the cookies of a request, and renews them if that is due. `background`: without extending the idle
 * limit. A request without cookies of the service needs no call.
 */
export async function readPerson(
  place: ServicePlace,
  headers: SenderHeaders,
  background: boolean,
): Promise<PersonOf> {
  const cookie = ownCookies(headers.get('cookie'), place.cookies)
  if (cookie === '') return { state: signedOut(), cookies: [] }
  let cookies: readonly string[] = []
  const reply = await replyIn(async () => {
    const response = await fetch(`${place.href}/user/current`, {
      headers: {
        cookie,
        accept: 'application/json',
        'user-agent': headers.get('user-agent') ?? '',
        ...(background ? { [BACKGROUND_HEADER]: '1' } : asPage(place, headers)),
      },
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIME_OUT),
    })
    cookies = response.headers.getSetCookie()
    return response
  })
  const view = viewIn(reply)
  if (view) return { state: signedIn(view), cookies }
  const refusal = refusalIn(reply)
  return { state: refusal === undefined ? offline : signedOut(refusal), cookies }
}
