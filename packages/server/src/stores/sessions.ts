import type { Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { SessionTable } from '../database/tables/session.ts'
import type { Account } from './accounts.ts'
import { epochNow, isOfEpoch } from './credentials/credentials.ts'
import type { Credential, NewCredential, OwnedCredential } from './credentials/credentials.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

/** A session: its row of `credentials`, and what only browsers have. */
export type Session = NewCredential & {
  readonly idle_expires_at: number
} & Selectable<SessionTable>

/** From where a session is used: the network address, and the browser in words. */
export interface SeenFrom {
  readonly address: string | undefined
  readonly browser: string | undefined
}

type Joined = NewCredential & Selectable<SessionTable>

type Found = Joined & Pick<Credential, 'epoch'> & { readonly epoch_now: number }

/** A session of an earlier epoch has ended, even if its row does not show it yet. */
function asItIs({ epoch, epoch_now, ...found }: Found): Session {
  const session = asSession(found)
  if (session.ended_at !== null || epoch === null || epoch >= epoch_now) return session
  return { ...session, ended_at: session.last_used_at, end_code: 'session_ended' }
}

/** Every session has an idle limit. */
function asSession(row: Joined): Session {
  return { ...row, idle_expires_at: row.idle_expires_at ?? 0 }
}

const byAge: Order = ['credentials.created_at', 'credentials.id']

function joined(db: Connection) {
  return db
    .selectFrom('sessions')
    .innerJoin('credentials', 'credentials.id', 'sessions.credential_id')
}

const sessionById = compiled((db, id: string) =>
  joined(db).selectAll().select(epochNow.as('epoch_now')).where('credentials.id', '=', id),
)

/** Finds a session by its id. */
export async function findSession(db: Connection, id: string): Promise<Session | undefined> {
  const [row] = await sessionById(db, id)
  return row && asItIs(row)
}

const sessionByCookie = compiled((db, hash: string) =>
  joined(db)
    .selectAll()
    .select(epochNow.as('epoch_now'))
    .where('sessions.cookie_sha256', '=', hash),
)

/** Finds a session by the SHA-256 of its cookie, base64url. */
export async function findSessionByCookie(
  db: Connection,
  hash: string,
): Promise<Session | undefined> {
  const [row] = await sessionByCookie(db, hash)
  return row && asItIs(row)
}

const writeSession = inserting('sessions', [
  'credential_id',
  'cookie_sha256',
  'auth_time',
  'amr',
  'device',
  'address',
  'browser',
  'remember',
  'renewed_jti',
  'renewed_at',
  'renewed_address',
  'renewed_browser',
])

/** Inserts what a browser has for a credential that this transaction has written. */
export async function insertSession(
  db: Connection,
  credential: Locked<NewCredential>,
  browser: Omit<Selectable<SessionTable>, 'credential_id'>,
): Promise<Locked<Session>> {
  const row = { ...browser, credential_id: credential.id }
  await writeSession(db, row)
  return asLocked(asSession({ ...credential, ...row }))
}

/** Reads a session of a locked account; every change of a session holds that lock. */
export async function lockSession(
  db: Connection,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<Session & OwnedCredential> | undefined> {
  const session = await findSession(db, id)
  if (session?.account_id !== accountId) return undefined
  return asLocked({ ...session, accountId })
}

/** Stores which token the last renewal issued, and from where it was requested if that is known. */
export async function noteRenewal(
  db: Connection,
  { id }: Locked<Session>,
  {
    jti,
    at,
    from,
  }: { readonly jti: string; readonly at: number; readonly from?: SeenFrom | undefined },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({
      renewed_jti: jti,
      renewed_at: at,
      ...(from && {
        renewed_address: from.address ?? null,
        renewed_browser: from.browser ?? null,
      }),
    })
    .where('credential_id', '=', id)
    .execute()
}

/** Stops requests from sharing this token of the last renewal; without `jti`, any token. */
export async function forgetRenewals(
  db: Connection,
  { id: accountId }: Locked<Account>,
  jti?: string,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ renewed_jti: null, renewed_at: null })
    .where('credential_id', 'in', (live) =>
      live
        .selectFrom('credentials')
        .select('credentials.id')
        .where('credentials.account_id', '=', accountId)
        .where('credentials.ended_at', 'is', null),
    )
    .$if(jti !== undefined, (query) => query.where('renewed_jti', '=', jti ?? ''))
    .execute()
}

/** Replaces the hash of the session cookie. */
export async function setCookieHash(
  db: Connection,
  { id }: Locked<Session>,
  hash: string,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ cookie_sha256: hash })
    .where('credential_id', '=', id)
    .execute()
}

/** Stores when and how the user last proved their identity in this session. */
export async function setProof(
  db: Connection,
  { id }: Locked<Session>,
  proof: Pick<Session, 'auth_time' | 'amr'>,
): Promise<void> {
  await db.updateTable('sessions').set(proof).where('credential_id', '=', id).execute()
}

/** A page of an account's live sessions by age. */
export async function sessionPage(
  { db, now }: Moment,
  accountId: string,
  page: PageRequest,
): Promise<Page<Session>> {
  const rows = await joined(db)
    .selectAll()
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .where(isOfEpoch)
    .where('idle_expires_at', '>', now)
    .where((where) =>
      where.or([where('absolute_expires_at', 'is', null), where('absolute_expires_at', '>', now)]),
    )
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  const items = rows.map(asSession)
  return pageOf(items, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}
