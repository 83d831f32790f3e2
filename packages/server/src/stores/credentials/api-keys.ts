import type { Selectable } from 'kysely'
import { compiled, inserting } from '../../database/compiled.ts'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { ApiKeyTable } from '../../database/tables/api-key.ts'
import type { Account } from '../accounts.ts'
import { fromPosition, inOrder, pageOf } from '../page.ts'
import type { Order, Page, PageRequest } from '../page.ts'
import { isOfEpoch } from './credentials.ts'
import type { NewCredential, OwnedCredential } from './credentials.ts'
import { isLiveAt } from './live.ts'

/** An API key: its row of `credentials`, and what only keys have. */
export type ApiKey = NewCredential & Selectable<ApiKeyTable>

const byAge: Order = ['credentials.created_at', 'credentials.id']

const keyById = compiled((db, id: string) =>
  db
    .selectFrom('api_keys')
    .innerJoin('credentials', 'credentials.id', 'api_keys.credential_id')
    .selectAll()
    .where('credentials.id', '=', id)
    .where(isOfEpoch),
)

/** Finds an API key by its id, also one that has ended. */
export async function findApiKey(db: Connection, id: string): Promise<ApiKey | undefined> {
  return (await keyById(db, id))[0]
}

/** Reads an API key of a locked account, also one that has ended; every change of it holds that lock. */
export async function lockApiKey(
  db: Connection,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<ApiKey> | undefined> {
  const found = await findApiKey(db, id)
  return found?.account_id === accountId ? asLocked(found) : undefined
}

const writeKey = inserting('api_keys', [
  'credential_id',
  'name',
  'secret_sha256',
  'audiences',
  'addresses',
  'session_id',
])

/** Inserts what a key has for a credential that this transaction has written. */
export async function insertApiKey(
  db: Connection,
  credential: Locked<NewCredential>,
  key: Omit<Selectable<ApiKeyTable>, 'credential_id'>,
): Promise<Locked<ApiKey>> {
  const row = { ...key, credential_id: credential.id }
  await writeKey(db, row)
  return asLocked({ ...credential, ...row })
}

/** How many live keys a locked account has. */
export async function countLiveKeys({ db, now }: Moment, { id }: Locked<Account>): Promise<number> {
  const { live } = await db
    .selectFrom('api_keys')
    .innerJoin('credentials', 'credentials.id', 'api_keys.credential_id')
    .select(({ fn }) => fn.countAll().as('live'))
    .where('account_id', '=', id)
    .where(isLiveAt(now))
    .executeTakeFirstOrThrow()
  return Number(live)
}

/** Which keys of an account: those made in a session, or since a time in milliseconds. */
export type KeyChoice = { readonly session: string } | { readonly since: number }

/** API keys of a locked account that nothing has ended, of those that are chosen. */
export async function chosenKeys(
  db: Connection,
  { id: accountId }: Locked<Account>,
  choice: KeyChoice,
): Promise<Locked<OwnedCredential>[]> {
  const rows = await db
    .selectFrom('api_keys')
    .innerJoin('credentials', 'credentials.id', 'api_keys.credential_id')
    .select(['credentials.id', 'credentials.kind'])
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where(isOfEpoch)
    .where((eb) =>
      'session' in choice
        ? eb('session_id', '=', choice.session)
        : eb('created_at', '>=', choice.since),
    )
    .execute()
  return rows.map((row) => asLocked({ ...row, accountId }))
}

/** Some API keys, of any account, that nothing has ended. */
export function endableKeys(
  db: Connection,
  most: number,
): Promise<Pick<OwnedCredential, 'id' | 'accountId'>[]> {
  return db
    .selectFrom('api_keys')
    .innerJoin('credentials', 'credentials.id', 'api_keys.credential_id')
    .select(['credentials.id', 'credentials.account_id as accountId'])
    .where('ended_at', 'is', null)
    .where(isOfEpoch)
    .orderBy('credentials.id')
    .limit(most)
    .execute()
}

/** A page of an account's live keys by age. */
export async function apiKeyPage(
  { db, now }: Moment,
  accountId: string,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  const rows = await db
    .selectFrom('api_keys')
    .innerJoin('credentials', 'credentials.id', 'api_keys.credential_id')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(isLiveAt(now))
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}
