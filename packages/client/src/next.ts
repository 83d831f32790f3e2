/** Next: who is signed in for server components, and the proxy that renews and passes calls of the service on. */
import type { AuthState } from './index.ts'
import { afterCookies, ownCookies, tokenEnd } from './lib/server-rendering/cookies.ts'
import { readPerson } from './lib/server-rendering/read-person.ts'
import { callIn, servicePlace, targetOf } from './lib/server-rendering/service-place.ts'

/** The request that Next passes to `proxy`. */
export interface ProxyRequest extends Request {
  readonly nextUrl: { readonly pathname: string; readonly search: string }
}

/** Seconds before the end of a token at which the proxy renews it. */
const DUE = 60

const known = new WeakMap<object, Promise<AuthState>>()

/**
 * Who has sent the request, in a server component, a route handler or a server action: the same state as the page's store
 * has, for `<AuthProvider initial>`. It only reads: it extends no session and sets no cookie. One call a request.
 * @throws Error where there is no request.
 */
export async function auth(): Promise<AuthState> {
  const { headers } = await import('next/headers.js')
  // It may throw before there is a promise
  const given = await (async () => headers())().catch((error: unknown) => {
    // All others are Next's own signals
    if (!String(error).includes('outside a request scope')) throw error
    throw new Error(
      'auth: there is no request. Call it in a server component, a route handler or a server action, not when a module is loaded.',
    )
  })
  const asked =
    known.get(given) ?? readPerson(servicePlace(), given, true).then(({ state }) => state)
  known.set(given, asked)
  return asked
}

/**
 * Passes calls of the service on, so that its cookies are those of the page's origin, and renews the token of all other
 * requests if it is about to end: for the browser, and for the rendering of the same request. Export it from `proxy.ts` as
 * `proxy`.
 */
export async function keyhavenProxy(request: ProxyRequest): Promise<Response> {
  const { NextResponse } = await import('next/server.js')
  const { nextUrl, headers } = request
  const place = servicePlace()
  const call = callIn(place, nextUrl.pathname)
  if (call !== undefined)
    return NextResponse.rewrite(targetOf(place, call + nextUrl.search, headers.get('host')))
  const cookie = headers.get('cookie')
  const own = ownCookies(cookie, place.cookies)
  const isDue = own !== '' && tokenEnd(own) - DUE < Date.now() / 1000
  if (!isDue || isAhead(request)) return NextResponse.next()
  const { cookies } = await readPerson(place, headers, false)
  if (cookies.length === 0) return NextResponse.next()
  const renewed = new Headers(headers)
  renewed.set('cookie', afterCookies(cookie, cookies))
  const response = NextResponse.next({ request: { headers: renewed } })
  for (const line of cookies) response.headers.append('set-cookie', line)
  // No cache may keep the cookies of a person
  response.headers.set('cache-control', 'private, no-store')
  return response
}

/** Whether the browser fetches a file of the build, or a page that the person may never open. */
function isAhead({ nextUrl, headers }: ProxyRequest): boolean {
  return (
    nextUrl.pathname.startsWith('/_next/') ||
    headers.has('next-router-prefetch') ||
    /prefetch/.test(headers.get('sec-purpose') ?? headers.get('purpose') ?? '')
  )
}
