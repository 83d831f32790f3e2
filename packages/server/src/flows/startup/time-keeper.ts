import { keepTime } from './keep-time.ts'
import type { Context } from '../context.ts'

/** Milliseconds after which the trusted time is stored again. */
const PAUSE = 60_000

/**
 * Stores the trusted time once a minute. It is called each second, so it begins in the second after
 * the clock becomes trusted.
 */
export function createTimeKeeper({ database }: Pick<Context, 'database'>): () => Promise<void> {
  let next = -Infinity
  return async () => {
    if (performance.now() < next) return
    if ((await keepTime(database)) !== undefined) next = performance.now() + PAUSE
  }
}
