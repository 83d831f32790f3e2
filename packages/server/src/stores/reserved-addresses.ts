import type { Moment } from '../database/database.ts'

/**
 * Whether an address is the former one of an account that can still bring it back, so that no other
 * account may have it (H14). A restore ends the link, and leaves the reservation.
 */
export async function isReserved(
  { db, now }: Moment,
  {
    email_key,
    account = '',
  }: { readonly email_key: string; readonly account?: string | undefined },
): Promise<boolean> {
  const row = await db
    .selectFrom('links')
    .select('id')
    .where('email_key', '=', email_key)
    .where('purpose', '=', 'email-undo')
    .where('expires_at', '>', now)
    .where('account_id', '<>', account)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
