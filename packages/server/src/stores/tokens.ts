import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Connection } from '../database/database.ts'

/** Records a token before it is given out, so that whatever revokes later can hit it. */
export async function recordToken(
  db: Connection,
  accountId: string,
  claims: AccessTokenClaims,
): Promise<void> {
  await db
    .insertInto('tokens')
    .values({
      jti: claims.jti,
      account_id: accountId,
      session_id: claims.sid ?? null,
      client_id: claims.client_id,
      issued_at: claims.iat,
      expires_at: claims.exp,
      claims: JSON.stringify(claims),
    })
    .execute()
}

/** The claims of a recorded token. */
export async function findTokenClaims(
  db: Connection,
  jti: string,
): Promise<AccessTokenClaims | undefined> {
  const row = await db
    .selectFrom('tokens')
    .select('claims')
    .where('jti', '=', jti)
    .executeTakeFirst()
  return row && (JSON.parse(row.claims) as AccessTokenClaims)
}

/** The claims of the token that a session was given last. */
export async function latestClaimsOfSession(
  db: Connection,
  sessionId: string,
): Promise<AccessTokenClaims | undefined> {
  const row = await db
    .selectFrom('tokens')
    .select('claims')
    .where('session_id', '=', sessionId)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (JSON.parse(row.claims) as AccessTokenClaims)
}

/** The greatest `exp` in seconds that a session's tokens have; 0 where none were given out. */
export async function lastExpiryOfSession(db: Connection, sessionId: string): Promise<number> {
  const row = await db
    .selectFrom('tokens')
    .select((select) => select.fn.max('expires_at').as('last'))
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

/** Drops the record of tokens that ended before this second. */
export async function dropTokensBefore(db: Connection, seconds: number): Promise<void> {
  await db.deleteFrom('tokens').where('expires_at', '<', seconds).execute()
}
