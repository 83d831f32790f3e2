import type { AnyAccess } from '@keyhaven/core/access'
import { checkOptions, option } from '@keyhaven/core/errors'
import type { Guard } from '@keyhaven/guard'
import type { ExpressGuard } from '@keyhaven/guard/express'
import { isCovered, mountPlaceOf } from './mount-place.ts'
import type { Listener } from './listener.ts'

/** What is mounted in an Express app. */
export interface Mountable<A extends AnyAccess> {
  /** The path below which the service is; empty at the root of a host. */
  readonly mount: string
  /** A path outside the mount that the service answers too. */
  readonly wellKnown: string
  /** Whether the service answers this URL; at the root of a host, all others belong to the app. */
  readonly serves: (url: string) => boolean
  readonly listener: Listener
  readonly guard: Guard<A>
  readonly gate: ExpressGuard<A>
  /** The prefix that the gate must guard; `/` by default. */
  readonly reach: string | undefined
}

/**
 * The guard checks these options in detail; this check makes messages name the method that was
 * called.
 */
export function checkMountOptions(options: unknown): void {
  checkOptions('auth.express', options ?? {}, { public: option.anything, guard: option.anything })
}

/**
 * The service at its mount path, and the guard everywhere else in the same Express app. If it is
 * mounted at a path that does not cover everything its guard must guard, other routes would be
 * open. It then refuses every request, so that the mistake shows at the first one.
 */
export function mounted<A extends AnyAccess>(parts: Mountable<A>): ExpressGuard<A> {
  const { mount, serves, listener, guard, gate } = parts
  const reach = (parts.reach ?? '/').replace(/\/$/, '')
  let logged = false
  const refuse = (place: string, response: Parameters<ExpressGuard>[1]): void => {
    if (!logged) guard.log(wrongMount(place, mount, reach))
    logged = true
    const { status, headers, body } = guard.refuse('internal', {
      reason: 'mounted at a wrong path',
    })
    response.writeHead(status, headers).end(JSON.stringify(body))
  }
  const middleware: ExpressGuard<A> = Object.assign(
    (...[request, response, next]: Parameters<ExpressGuard<A>>) => {
      const place = mountPlaceOf(request, middleware)
      const coversAll = isCovered(reach, place) && isCovered(mount, place)
      if (!coversAll) return refuse(place.name, response)
      const { originalUrl } = request
      const isOurs = isBelow(mount, originalUrl) || originalUrl.split('?', 1)[0] === parts.wellKnown
      if (!isOurs || !serves(originalUrl)) {
        return gate(request, response, next)
      }
      request.url = originalUrl
      void listener(request, response)
    },
    { require: gate.require, optional: gate.optional },
  )
  return middleware
}

function isBelow(mount: string, url: string): boolean {
  return url === mount || (url.startsWith(mount) && /^[/?]/.test(url.slice(mount.length)))
}

function wrongMount(place: string, mount: string, reach: string): string {
  const wanted = `it guards everything below ${reach || '/'} and serves ${mount || '/'}`
  return `auth.express() is mounted at ${place.slice(0, 100)}, but ${wanted}: routes outside that path would be open, so it answers every request with 500. Mount it without a path, above your routes: app.use(auth.express(…))`
}
