import { LEEWAY } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Selectable } from 'kysely'
import { inserting } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { TokenTable } from '../database/tables/token.ts'
import type { Account } from './accounts.ts'
import type { Credential } from './credentials/credentials.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

const insertToken = inserting('tokens', [
  'jti',
  'account_id',
  'credential_id',
  'client_id',
  'issued_at',
  'expires_at',
  'claims',
])

/**
 * Records a token and the credential that it stands on before it is issued, so that later revocations
 * can find it.
 */
export async function recordToken(
  db: Connection,
  { id: credential_id, account_id }: Locked<Pick<Credential, 'id' | 'account_id'>>,
  claims: AccessTokenClaims,
): Promise<void> {
  await insertToken(db, {
    jti: claims.jti,
    account_id,
    credential_id,
    client_id: claims.client_id,
    issued_at: claims.iat,
    expires_at: claims.exp,
    claims: JSON.stringify(claims),
  })
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

/** The claims of the latest token of a credential. */
export async function latestClaimsOf(
  db: Connection,
  credentialId: string,
): Promise<AccessTokenClaims | undefined> {
  const row = await db
    .selectFrom('tokens')
    .select('claims')
    .where('credential_id', '=', credentialId)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && (JSON.parse(row.claims) as AccessTokenClaims)
}

/** Deletes records of tokens that expired before this second, oldest first. @returns how many. */
export async function dropTokensBefore(
  db: Connection,
  seconds: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('tokens')
    .where('jti', 'in', (tokens) =>
      tokens
        .selectFrom('tokens')
        .select('jti')
        .where('expires_at', '<', seconds)
        .orderBy('expires_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/**
 * Tokens of an account, or of one credential, that an API may still accept: until `exp` plus leeway.
 * `now` is in milliseconds.
 */
export function unexpiredTokens(
  db: Connection,
  {
    accountId,
    credentialId,
  }: { readonly accountId: string; readonly credentialId?: string | undefined },
  now: number,
): Promise<Pick<TokenRow, 'jti' | 'expires_at'>[]> {
  return db
    .selectFrom('tokens')
    .select(['jti', 'expires_at'])
    .where('account_id', '=', accountId)
    .where('expires_at', '>', Math.floor(now / 1000) - LEEWAY)
    .$if(credentialId !== undefined, (query) =>
      query.where('credential_id', '=', credentialId ?? ''),
    )
    .execute()
}

/** Tokens of these credentials that an API may still accept, in one statement. */
export async function tokensToRevoke(
  db: Connection,
  credentialIds: readonly string[],
  now: number,
): Promise<Pick<TokenRow, 'jti' | 'expires_at' | 'claims'>[]> {
  if (credentialIds.length === 0) return []
  return db
    .selectFrom('tokens')
    .select(['jti', 'expires_at', 'claims'])
    .where('credential_id', 'in', credentialIds)
    .where('expires_at', '>', Math.floor(now / 1000) - LEEWAY)
    .execute()
}

/** The record of every token of a locked account that an API may still accept. */
export function liveTokens(
  db: Connection,
  { id }: Locked<Account>,
  now: number,
): Promise<TokenRow[]> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('account_id', '=', id)
    .where('expires_at', '>', Math.floor(now / 1000) - LEEWAY)
    .execute()
}

/** The credentials on which these tokens stand, of those that are recorded. */
export async function credentialsOfTokens(
  db: Connection,
  jtis: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom('tokens')
    .select('credential_id')
    .where('jti', 'in', jtis)
    .where('credential_id', 'is not', null)
    .execute()
  return rows.map(({ credential_id }) => credential_id ?? '')
}

/** The record of one token. */
export function findToken(db: Connection, jti: string): Promise<TokenRow | undefined> {
  return db.selectFrom('tokens').selectAll().where('jti', '=', jti).executeTakeFirst()
}

/** A row of `tokens`. */
export type TokenRow = Selectable<TokenTable>

/** The session whose token it is; null for one of another kind of credential. */
export function sessionOf({ claims }: Pick<TokenRow, 'claims'>): string | null {
  return (JSON.parse(claims) as Partial<AccessTokenClaims>).sid ?? null
}

const byAge: Order = ['issued_at', 'jti']

/** A page of issued tokens by age, optionally of one account or session. */
export async function tokenPage(
  db: Connection,
  page: PageRequest,
  {
    account,
    session,
  }: { readonly account?: string | undefined; readonly session?: string | undefined },
): Promise<Page<TokenRow>> {
  const rows = await db
    .selectFrom('tokens')
    .selectAll()
    .$if(account !== undefined, (query) => query.where('account_id', '=', account ?? ''))
    .$if(session !== undefined, (query) => query.where('credential_id', '=', session ?? ''))
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ issued_at, jti }) => ({ at: issued_at, id: jti }))
}
