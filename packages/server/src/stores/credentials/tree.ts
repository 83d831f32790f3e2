import type { Selectable } from 'kysely'
import type { Connection, Moment } from '../../database/database.ts'
import type { CredentialTable } from '../../database/tables/credential.ts'
import { fromPosition, inOrder, pageOf } from '../page.ts'
import type { Order, Page, PageRequest } from '../page.ts'
import { isLiveAt } from './live.ts'

/** A credential of any kind, with what names it. */
export interface NamedCredential extends Omit<Selectable<CredentialTable>, 'epoch'> {
  /** What its user calls the device of a session. */
  readonly device: string | null
  /** The name of a key. */
  readonly key_name: string | null
  /** JSON array of the audiences of an exchanged token. */
  readonly audiences: string | null
  /** The address of a ticket. */
  readonly url: string | null
}

/** Whose credentials of which kinds to list. */
export interface TreeOf {
  readonly accountId: string
  readonly kinds: readonly string[]
}

const byAge: Order = ['credentials.created_at', 'credentials.id']

/** A page of an account's live credentials of these kinds by age, so that each stands after its parent. */
export async function treePage(
  { db, now }: Moment,
  { accountId, kinds }: TreeOf,
  page: PageRequest,
): Promise<Page<NamedCredential>> {
  const rows = await db
    .selectFrom('credentials')
    .leftJoin('sessions', 'sessions.credential_id', 'credentials.id')
    .leftJoin('api_keys', 'api_keys.credential_id', 'credentials.id')
    .leftJoin('delegations', 'delegations.credential_id', 'credentials.id')
    .leftJoin('tickets', 'tickets.credential_id', 'credentials.id')
    .selectAll('credentials')
    .select([
      'sessions.device',
      'api_keys.name as key_name',
      'delegations.audiences',
      'tickets.url',
    ])
    .where('credentials.account_id', '=', accountId)
    .where('credentials.kind', 'in', kinds)
    .where(isLiveAt(now))
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}

/** The account of a credential of any kind, live or ended; `undefined` without such a credential. */
export async function ownerOf(db: Connection, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('credentials')
    .select('account_id')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.account_id
}
