import { findToken } from '../../stores/tokens.ts'
import type { Context } from '../context.ts'

/** The id of the account that a token was issued for; `undefined` without such a token. */
export async function ownerOfToken(
  { database }: Pick<Context, 'database'>,
  jti: string,
): Promise<string | undefined> {
  const token = await database.read(({ db }) => findToken(db, jti))
  return token?.account_id
}
