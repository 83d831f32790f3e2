import type { AuthState } from '../state/states.ts'
import { setCookie } from './set-cookie.ts'
import { passOn } from './pass-on.ts'
import { readPerson } from './read-person.ts'
import { callIn, servicePlace, targetOf } from './service-place.ts'

/** The parts of SvelteKit's event that are used. */
export interface KitEvent {
  readonly request: Request
  readonly url: URL
  /** `null` for a path without a route. */
  readonly route: { readonly id: string | null }
  readonly locals: object
  readonly getClientAddress: () => string
  readonly cookies: {
    readonly set: (name: string, value: string, how: KitCookie & { readonly path: string }) => void
  }
}

/** The attributes of a cookie in SvelteKit. */
interface KitCookie {
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'strict' | 'lax'
  readonly domain?: string
  readonly maxAge?: number
  readonly expires?: Date
  readonly encode: (value: string) => string
}

/** What a hook gets. */
export interface KitInput<E extends KitEvent> {
  readonly event: E
  readonly resolve: (event: E) => Response | Promise<Response>
}

/** Passes calls of the service on, and draws all other pages with the person in `event.locals.auth`. */
export async function handle<E extends KitEvent>({
  event,
  resolve,
}: KitInput<E>): Promise<Response> {
  const { request, url, route, locals } = event
  const place = servicePlace()
  const call = callIn(place, url.pathname)
  if (call !== undefined)
    return passOn(request, targetOf(place, call + url.search, url.host), addressOf(event))
  if (route.id === null) return resolve(event)
  const { state, cookies } = await readPerson(place, request.headers, false)
  Object.assign(locals, { auth: state } satisfies { auth: AuthState })
  for (const line of cookies) {
    const { name, value, attributes } = setCookie(line)
    event.cookies.set(name, value, cookieFrom(attributes))
  }
  const response = await resolve(event)
  // No cache may keep a page that was drawn for a person
  if (state.account || cookies.length > 0)
    response.headers.set('cache-control', 'private, no-store')
  return response
}

function cookieFrom(
  attributes: ReadonlyMap<string, string>,
): KitCookie & { readonly path: string } {
  const [domain, maxAge, expires] = ['domain', 'max-age', 'expires'].map((name) =>
    attributes.get(name),
  )
  return {
    path: attributes.get('path') ?? '/',
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
    sameSite: attributes.get('samesite')?.toLowerCase() === 'lax' ? 'lax' : 'strict',
    ...(domain !== undefined && { domain }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    ...(expires !== undefined && { expires: new Date(expires) }),
    // The service has encoded it
    encode: (value) => value,
  }
}

/** A server may not know the address of a client. */
function addressOf(event: KitEvent): string {
  try {
    return event.getClientAddress()
  } catch {
    return ''
  }
}
