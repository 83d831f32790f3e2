import { checkFunction } from '../guard-options.ts'
import type { Guard } from '../guard.ts'
import { checkScope, warnWithoutLoader } from '../checks/scope.ts'
import { readRequireOptions } from '../checks/step-up.ts'

/** What a call of `require` states beside the scope. */
interface Stated<L> {
  readonly loader: L | undefined
  /** Seconds that the last proof of identity may be old; any age if `undefined`. */
  readonly within: number | undefined
}

/**
 * Reads the arguments of `require` after the scope, when the route is made: a loader, options, both in this order,
 * or none.
 * @param L The type of the loader, which is checked only to be a function.
 * @throws TypeError with one sentence for a scope that is not declared, and for arguments of other kinds.
 */
export function readRequire<L>(
  guard: Pick<Guard, 'access' | 'log'>,
  scope: string,
  [first, second]: readonly unknown[],
): Stated<L> {
  checkScope(guard, scope)
  const isWithoutLoader = typeof first === 'object' && first !== null && second === undefined
  const [loader, options] = isWithoutLoader ? [undefined, first] : [first, second]
  if (loader === undefined) warnWithoutLoader(guard, scope)
  else checkFunction('require: the loader', loader)
  return {
    loader: loader as L | undefined,
    within: options === undefined ? undefined : readRequireOptions(options),
  }
}
