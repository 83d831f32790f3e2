import { lockAccount } from '../../stores/accounts.ts'
import { lockApiKey } from '../../stores/credentials/api-keys.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { touchCredential } from '../../stores/credentials/credentials.ts'
import type { Context } from '../context.ts'

/** A key that was used, and when it was read, in milliseconds since 1970. */
interface UsedKey {
  readonly key: ApiKey
  readonly readAt: number
}

/** Notes that a key was used, at most once in the life of a token: most requests write nothing. */
export async function noteKeyUse(
  { settings, database }: Pick<Context, 'settings' | 'database'>,
  { key, readAt }: UsedKey,
): Promise<void> {
  const step = settings.lifetimes.accessTtl * 1000
  if (!isDue(key, readAt, step)) return
  await database.transact(async ({ db, now }) => {
    const account = await lockAccount(db, key.account_id)
    const locked = account && (await lockApiKey(db, account, key.id))
    // A parallel request may have noted it
    if (locked === undefined || !isDue(locked, now, step)) return
    await touchCredential(db, locked, { lastUsedAt: now, idleExpiresAt: locked.idle_expires_at })
  })
}

function isDue(key: ApiKey, now: number, step: number): boolean {
  return !wasUsed(key) || now - key.last_used_at >= step
}

/** Whether the service has seen a key since it was made. */
function wasUsed({
  created_at,
  last_used_at,
}: Pick<ApiKey, 'created_at' | 'last_used_at'>): boolean {
  return last_used_at !== created_at
}
