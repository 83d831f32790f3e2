import { countFormerPasskeys } from '../../stores/factors/factors.ts'
import type { Context } from '../context.ts'

/** What the start prints of passkeys that no longer work, because the domain is another one (H48). */
export async function formerPasskeys({
  database,
  settings: { factors },
}: Pick<Context, 'database' | 'settings'>): Promise<readonly string[]> {
  const count = await database.read(({ db }) => countFormerPasskeys(db, factors.rpId))
  if (count === 0) return []
  const passkeys = count === 1 ? '1 passkey belongs' : `${count} passkeys belong`
  return [
    `${passkeys} to another domain than ${factors.rpId} and no longer work${count === 1 ? 's' : ''}: set KEYHAVEN_RP_ID to a domain that the former URL and this one share, or let their users add new ones`,
  ]
}
