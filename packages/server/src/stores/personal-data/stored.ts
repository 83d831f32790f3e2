import type { Connection } from '../../database/database.ts'
import type { CredentialTable } from '../../database/tables/credential.ts'
import type { SessionTable } from '../../database/tables/session.ts'
import type { Link } from '../links.ts'
import type { MailRow } from '../delivery/mails.ts'
import { fromPosition, inOrder, pageOf } from '../page.ts'
import type { Order, Page, PageRequest } from '../page.ts'

/** A credential of any kind, ended or not, with what only its kind has; null in all others. */
export type StoredCredential = CredentialTable & {
  readonly [name in keyof SessionTable]: SessionTable[name] | null
} & {
  readonly [name in
    | 'key_name'
    | 'key_audiences'
    | 'key_addresses'
    | 'key_session'
    | 'exchanged_for'
    | 'exchanged_by'
    | 'exchanged_from'
    | 'url'
    | 'ticket_audiences']: string | null
} & { readonly [name in 'rotated_at' | 'redeemed_at']: number | null }

const byAge: Order = ['created_at', 'id']

/** A page of all credentials of an account by age. */
export async function storedCredentials(
  db: Connection,
  accountId: string,
  page: PageRequest,
): Promise<Page<StoredCredential>> {
  const rows = await db
    .selectFrom('credentials')
    .leftJoin('sessions', 'sessions.credential_id', 'credentials.id')
    .leftJoin('refresh_families', 'refresh_families.credential_id', 'credentials.id')
    .leftJoin('api_keys', 'api_keys.credential_id', 'credentials.id')
    .leftJoin('delegations', 'delegations.credential_id', 'credentials.id')
    .leftJoin('tickets', 'tickets.credential_id', 'credentials.id')
    .selectAll(['credentials', 'sessions'])
    .select([
      'refresh_families.rotated_at',
      'api_keys.name as key_name',
      'api_keys.audiences as key_audiences',
      'api_keys.addresses as key_addresses',
      'api_keys.session_id as key_session',
      'delegations.audiences as exchanged_for',
      'delegations.actor as exchanged_by',
      'delegations.issuer as exchanged_from',
      'tickets.url',
      'tickets.audiences as ticket_audiences',
      'tickets.redeemed_at',
    ])
    .where('account_id', '=', accountId)
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}

/** Links of an account, without their secrets. At most 1000: their number is limited. */
export function storedLinks(
  db: Connection,
  accountId: string,
): Promise<Pick<Link, 'purpose' | 'email' | 'created_at' | 'expires_at'>[]> {
  return db
    .selectFrom('links')
    .select(['purpose', 'email', 'created_at', 'expires_at'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .limit(1000)
    .execute()
}

/** Mails to an account that are not sent yet, without their content. */
export function storedMails(
  db: Connection,
  accountId: string,
): Promise<Pick<MailRow, 'template' | 'event' | 'written_at'>[]> {
  return db
    .selectFrom('mails')
    .select(['template', 'event', 'written_at'])
    .where('account_id', '=', accountId)
    .where('template', '<>', 'blank')
    .orderBy('id')
    .limit(1000)
    .execute()
}

/** Recovery codes of an account that were made at one time. */
export interface StoredRecoveryCodes {
  readonly created_at: number
  readonly left: number
}

/** The unused recovery codes of an account, by the time at which they were made. */
export async function storedRecoveryCodes(
  db: Connection,
  accountId: string,
): Promise<StoredRecoveryCodes[]> {
  const rows = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => ['created_at', fn.countAll().as('left')])
    .where('account_id', '=', accountId)
    .groupBy('created_at')
    .execute()
  return rows.map(({ created_at, left }) => ({ created_at, left: Number(left) }))
}
