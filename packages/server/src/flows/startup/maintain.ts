import { keepTime } from './keep-time.ts'
import { createPurge } from './purge.ts'
import type { Context, ContextPart } from '../context.ts'

/** Milliseconds between two purges that left nothing. */
const PAUSE = 60_000

/** Milliseconds before a failed purge is tried again. */
const RETRY = 10_000

/**
 * Stores the trusted time and purges by it once a minute, and at once again while rows are left. It
 * is called each second, so it begins in the second after the clock becomes trusted.
 */
export function createMaintenance(
  context: Pick<Context, 'database'> & ContextPart<'tools', 'limits'>,
): () => Promise<void> {
  const purge = createPurge(context)
  let next = -Infinity
  return async () => {
    if (performance.now() < next) return
    const before = await keepTime(context.database)
    if (before === undefined) return
    next = performance.now() + RETRY
    const isLeft = await purge(before)
    next = isLeft ? -Infinity : performance.now() + PAUSE
  }
}
