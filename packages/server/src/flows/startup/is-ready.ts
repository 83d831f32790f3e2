import { KeyhavenError } from '@keyhaven/core/errors'
import { logState } from '../../stores/revocations.ts'
import type { Context, ContextPart } from '../context.ts'

/**
 * Reads from the database and checks its recent writes.
 * @throws KeyhavenError `unavailable` if either fails.
 */
export async function isReady({
  database,
  tools: { writes },
}: Pick<Context, 'database'> & ContextPart<'tools', 'writes'>): Promise<void> {
  const reason = writes.trouble()
  await database.read(({ db }) => logState(db))
  if (reason !== undefined) throw new KeyhavenError('unavailable', { reason, retryAfter: 1 })
}
