import { KeyhavenError } from '@keyhaven/core/errors'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { findMachineByHash } from '../../stores/machines.ts'
import type { Machine } from '../../stores/machines.ts'
import type { Context } from '../context.ts'

/**
 * Finds the machine of a key. The database looks up its hash, so the time of the lookup reveals
 * nothing about the key.
 * @throws KeyhavenError `token_invalid`, `token_expired`.
 */
export async function findMachine(
  { database }: Pick<Context, 'database'>,
  key: string,
): Promise<Machine> {
  const hash = sha256(key)
  return database.read(async ({ db, now }) => {
    const machine = await findMachineByHash(db, hash)
    if (machine === undefined) {
      throw new KeyhavenError('token_invalid', { reason: 'no machine has this key' })
    }
    if (machine.expires_at <= now) throw new KeyhavenError('token_expired')
    return machine
  })
}
