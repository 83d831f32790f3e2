import { KeyhavenError } from '@keyhaven/core/errors'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { guardReach } from '../../views/guard-reach.ts'
import { findGuardByHash } from '../../stores/guards.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { Context, ContextPart } from '../context.ts'

/**
 * Finds the guard of a key. The database looks up its hash, so the time of the lookup reveals
 * nothing about the key. If the database fails, a recently valid key is accepted, because metrics
 * matter most then.
 * @throws KeyhavenError `token_invalid`.
 */
export async function findGuard(
  {
    database,
    listeners: { guardKeys },
  }: Pick<Context, 'database'> & ContextPart<'listeners', 'guardKeys'>,
  key: string,
): Promise<KnownGuard> {
  const hash = sha256(key)
  const note = guardKeys.reading(hash)
  try {
    const row = await database.read(({ db }) => findGuardByHash(db, hash))
    const guard = row && { id: row.id, name: row.name, ...guardReach(row) }
    note(guard && { ...guard, remembered: true })
    if (guard !== undefined) return { ...guard, remembered: false }
    throw new KeyhavenError('token_invalid', { reason: 'no guard has this key' })
  } catch (error) {
    const found = isUnavailable(error) ? guardKeys.find(hash) : undefined
    if (found === undefined) throw error
    return found
  }
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof KeyhavenError)) return false
  return error.code === 'unavailable' || error.code === 'overloaded'
}
