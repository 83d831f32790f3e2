import type { Database } from '../../database/database.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import { sessionOf, tokenPage } from '../../stores/tokens.ts'
import type { TokenItem } from '../../views/token.ts'
import { time } from '../../views/time.ts'

/** Which tokens to list. */
export interface TokenFilter {
  readonly account?: string | undefined
  readonly session?: string | undefined
}

/** Lists issued tokens. */
export async function listTokens(
  database: Database,
  page: PageRequest,
  filter: TokenFilter,
): Promise<Page<TokenItem>> {
  const { items, next } = await database.read(({ db }) => tokenPage(db, page, filter))
  return {
    next,
    items: items.map((row) => ({
      jti: row.jti,
      account: row.account_id,
      session: sessionOf(row),
      clientId: row.client_id,
      issuedAt: time(row.issued_at * 1000),
      expiresAt: time(row.expires_at * 1000),
    })),
  }
}
