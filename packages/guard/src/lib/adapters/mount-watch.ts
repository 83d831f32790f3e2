import type { AnyAccess } from '@keyhaven/core/access'
import type { Guard } from '../guard.ts'
import type { GateOptions } from './gate.ts'
import { guardedPrefix, liesBelow, pathOf } from './public-routes.ts'

/** Most mounts that are logged, and the most characters of one: a part of it may come from a request. */
const MOST = 5
const LONGEST = 100

/**
 * Returns a function that checks the path at which an Express middleware is mounted. It logs once if the
 * option `guard` names routes beside that path, which never reach the middleware, and if a public pattern
 * does not begin with that path: patterns are whole paths, so it matches nothing.
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
