import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Keys } from '../../model/keys.ts'
import { refreshTokenOf } from '../../model/refresh-token.ts'
import { newTokenId } from '../../secrets/random.ts'
import type { Credential } from '../../stores/credentials/credentials.ts'
import { insertFamily } from '../../stores/credentials/refresh-families.ts'

/** Begins the refresh tokens of a new session. @returns the first one. */
export async function openFamily(
  { keys }: { readonly keys: Keys },
  db: Connection,
  session: Locked<Pick<Credential, 'id'>>,
): Promise<string> {
  const family = newTokenId()
  await insertFamily(db, session, family)
  return refreshTokenOf(keys, { family, generation: 0 })
}
