import type { Moment } from '../database/database.ts'
import { appendAudit, appendAudits } from '../stores/audit/audit.ts'
import type { NewAuditRow } from '../stores/audit/audit.ts'
import { appendOutbox, NO_ACCOUNT } from '../stores/delivery/outbox.ts'
import type { Locale } from '../mail/locale.ts'
import type { NewMail } from '../mail/templates.ts'
import { queueMail } from './queue-mail.ts'
import { noticesOf } from './table.ts'
import type { DetailsOf, EventName, MailOf } from './table.ts'

/** Who acts, and from which address. */
export interface Actor {
  readonly accountId?: string | undefined
  /** An actor without an account, such as `os:NAME@HOST` at the command line. */
  readonly operator?: string | undefined
  readonly sessionId?: string | undefined
  readonly address?: string | undefined
  /** The language of the browser. */
  readonly locale?: Locale | undefined
}

/** The account and session that an event concerns, with a reason and details. */
export interface EventDetails<E extends EventName> {
  readonly account?: string | undefined
  readonly session?: string | undefined
  readonly reason?: string | undefined
  readonly details?: DetailsOf<E> | undefined
}

/** The mail of an event, which must be given exactly if the table has one for it. */
type WithMail<E extends EventName> =
  MailOf<E> extends undefined ? { readonly mail?: undefined } : { readonly mail: MailOf<E> }

/** An event with who caused it, and its mail. */
export type Happened<E extends EventName> = EventDetails<E> &
  WithMail<E> & { readonly actor: Actor }

/**
 * Writes what the table says of an event in the flow's own transaction, so that it exists exactly
 * if the event happened.
 */
export async function happened<E extends EventName>(
  moment: Moment,
  event: E,
  of: Happened<E>,
): Promise<void> {
  await appendAudit(moment.db, auditRowOf(moment, event, of))
  await enqueue(moment, event, of.account)
  await enqueueMail(moment, event, of)
  moment.counted?.push(event)
}

/** The same for several events of one kind. */
export async function allHappened<E extends EventName>(
  moment: Moment,
  event: E,
  all: readonly Happened<E>[],
): Promise<void> {
  await appendAudits(
    moment.db,
    all.map((of) => auditRowOf(moment, event, of)),
  )
  for (const of of all) {
    await enqueue(moment, event, of.account)
    await enqueueMail(moment, event, of)
  }
  moment.counted?.push(...all.map(() => event))
}

/**
 * Writes a row of the outbox for each consumer of an event. An event that is not recorded anew, but
 * whose effects were repeated, needs only this.
 */
export async function enqueue(
  { db, now }: Moment,
  event: EventName,
  account: string = NO_ACCOUNT,
): Promise<void> {
  if (noticesOf(event).length === 0) return
  await appendOutbox(db, { consumer: 'notices', event, account_id: account, written_at: now })
}

async function enqueueMail(
  moment: Moment,
  event: EventName,
  {
    account = NO_ACCOUNT,
    mail,
  }: { readonly account?: string | undefined; readonly mail?: unknown },
): Promise<void> {
  // Its type depends on the event, which is any here
  if (mail !== undefined) await queueMail(moment, { event, account, mail: mail as NewMail })
}

function auditRowOf<E extends EventName>(
  { now }: Moment,
  event: E,
  { actor, account, session, reason, details }: Happened<E>,
): NewAuditRow {
  return {
    at: now,
    action: event,
    actor_id: actor.accountId ?? actor.operator ?? null,
    account_id: account ?? null,
    session_id: session ?? null,
    reason: reason ?? null,
    address: actor.address ?? null,
    details: details === undefined ? null : JSON.stringify(details),
  }
}
