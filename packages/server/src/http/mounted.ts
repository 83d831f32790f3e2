import type { AnyAccess } from '@keyhaven/core/access'
import type { ExpressGuard } from '@keyhaven/guard/express'
import type { Listener } from './node-listener.ts'

/** The service at its mount path, and the guard everywhere else in the same Express app. */
export function mounted<A extends AnyAccess>(
  mount: string,
  listener: Listener,
  gate: ExpressGuard<A>,
): ExpressGuard<A> {
  const middleware: ExpressGuard<A> = Object.assign(
    (...[request, response, next]: Parameters<ExpressGuard<A>>) => {
      const { originalUrl } = request
      const ours = originalUrl === mount || /^[/?]/.test(originalUrl.slice(mount.length))
      if (!originalUrl.startsWith(mount) || !ours) return gate(request, response, next)
      request.url = originalUrl
      void listener(request, response)
    },
    { require: gate.require, optional: gate.optional },
  )
  return middleware
}
