import type { AnyAccess } from '@keyhaven/core/access'
import type { Guard } from '../create-guard.ts'
import type { GateOptions } from './gate.ts'
import { guardedPrefix, liesBelow, pathOf } from './public-routes.ts'

/** Mounts that are named in the log, and their length: a part of one may come from a request. */
const MOST = 5
const LONGEST = 100

/**
 * Looks at the path that an Express middleware is mounted at, and logs once what the option `guard` promises
 * but that mount can't keep: routes beside it never reach the middleware. Public patterns are whole paths,
 * so one that does not begin with the mount matches nothing.
 */
export function createMountWatch<A extends AnyAccess>(
  guard: Guard<A>,
  { public: patterns = [], guard: reach }: GateOptions,
): (base: string) => void {
  const prefix = guardedPrefix(reach)
  const seen = new Set<string>()
  return (base) => {
    if (base === '' || seen.has(base) || seen.size >= MOST || base.length > LONGEST) return
    seen.add(base)
    if (!liesBelow(prefix, base)) {
      guard.log(
        `mounted at ${base}: only routes below ${base} are guarded here, not all below ${prefix || '/'}; to guard all, mount it without a path`,
      )
    }
    for (const pattern of patterns) {
      const path = pathOf(pattern.slice(pattern.indexOf(' ') + 1))
      if (liesBelow(path, base)) continue
      guard.log(
        `mounted at ${base}: the public route '${pattern}' matches nothing here: patterns are whole paths, so write '${pattern.replace(' ', ` ${base}`)}'`,
      )
    }
  }
}
