import { KeyhavenError } from '@keyhaven/core/errors'
import { sha256 } from '../secrets/hash.ts'
import { findGuardByHash } from '../stores/guards.ts'
import type { Rooms } from './rooms.ts'

/** A guard, known by its key. */
export interface KnownGuard {
  readonly id: string
  readonly name: string
}

/** Whose key this is. The database looks for its hash, so the time that takes tells nothing of a key. */
export async function findGuard(
  { database }: Pick<Rooms, 'database'>,
  key: string,
): Promise<KnownGuard> {
  const row = await database.read(({ db }) => findGuardByHash(db, sha256(key)))
  if (row === undefined)
    throw new KeyhavenError('token_invalid', { reason: 'no guard has this key' })
  return { id: row.id, name: row.name }
}
