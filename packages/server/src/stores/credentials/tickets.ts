import type { Selectable } from 'kysely'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { TicketTable } from '../../database/tables/ticket.ts'
import type { Account } from '../accounts.ts'
import { isOfEpoch } from './credentials.ts'
import type { NewCredential } from './credentials.ts'
import { isLiveAt } from './live.ts'

/** A ticket: its row of `credentials`, and what only tickets have. */
export type Ticket = NewCredential & Selectable<TicketTable>

/** Inserts what a ticket has for a credential that this transaction has written. */
export async function insertTicket(
  db: Connection,
  { id }: Locked<NewCredential>,
  ticket: Omit<Selectable<TicketTable>, 'credential_id' | 'redeemed_at'>,
): Promise<void> {
  await db
    .insertInto('tickets')
    .values({ ...ticket, credential_id: id, redeemed_at: null })
    .execute()
}

/** Finds a ticket by its hash, also one that has ended, but none of before a restore. */
export function findTicket(db: Connection, hash: string): Promise<Ticket | undefined> {
  return db
    .selectFrom('tickets')
    .innerJoin('credentials', 'credentials.id', 'tickets.credential_id')
    .selectAll()
    .where('ticket_sha256', '=', hash)
    .where(isOfEpoch)
    .executeTakeFirst()
}

/** Reads a ticket of a locked account. */
export async function lockTicket(
  db: Connection,
  { id: accountId }: Locked<Account>,
  hash: string,
): Promise<Locked<Ticket> | undefined> {
  const ticket = await findTicket(db, hash)
  return ticket?.account_id === accountId ? asLocked(ticket) : undefined
}

/** Notes that a ticket was redeemed, and when it is over. */
export async function markRedeemed(
  db: Connection,
  { id }: Locked<Ticket>,
  times: { readonly at: number; readonly endsAt: number },
): Promise<void> {
  await db
    .updateTable('tickets')
    .set({ redeemed_at: times.at })
    .where('credential_id', '=', id)
    .execute()
  await db
    .updateTable('credentials')
    .set({ last_used_at: times.at, absolute_expires_at: times.endsAt })
    .where('id', '=', id)
    .execute()
}

/** How many tickets of a locked account are live, up to a number. */
export async function countLiveTickets(
  { db, now }: Moment,
  { id }: Locked<Account>,
  most: number,
): Promise<number> {
  const rows = await db
    .selectFrom('credentials')
    .select('id')
    .where('account_id', '=', id)
    .where('kind', '=', 'ticket')
    .where(isLiveAt(now))
    .limit(most)
    .execute()
  return rows.length
}

/** Deletes some tickets of a locked account that are over for this long, and whose tokens are purged. */
export async function dropOldTickets(
  db: Connection,
  { id }: Locked<Account>,
  { before, most }: { readonly before: number; readonly most: number },
): Promise<void> {
  await db
    .deleteFrom('credentials')
    .where('id', 'in', (old) =>
      old
        .selectFrom('credentials as over')
        .select('over.id')
        .where('over.account_id', '=', id)
        .where('over.kind', '=', 'ticket')
        .where('over.absolute_expires_at', '<', before)
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('tokens')
                .select('tokens.jti')
                .whereRef('tokens.credential_id', '=', 'over.id'),
            ),
          ),
        )
        .limit(most),
    )
    .execute()
}

/** Finds the live credential from which one is made, of a locked account. */
export async function lockParent(
  { db, now }: Moment,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<NewCredential> | undefined> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where(isLiveAt(now))
    .executeTakeFirst()
  return row && asLocked(row)
}
