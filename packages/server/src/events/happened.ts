import type { Moment } from '../database/database.ts'
import { appendAudit, appendAudits } from '../stores/audit.ts'
import type { NewAuditRow } from '../stores/audit.ts'
import type { DetailsOf, EventName } from './table.ts'

/** Who acts, and from which address. */
export interface Actor {
  readonly accountId?: string | undefined
  /** An actor without an account, such as `os:NAME@HOST` at the command line. */
  readonly operator?: string | undefined
  readonly sessionId?: string | undefined
  readonly address?: string | undefined
}

/** The account and session that an event concerns, with a reason and details. */
export interface EventDetails<E extends EventName> {
  readonly account?: string | undefined
  readonly session?: string | undefined
  readonly reason?: string | undefined
  readonly details?: DetailsOf<E> | undefined
}

/** An event with who caused it. */
export type Happened<E extends EventName> = EventDetails<E> & { readonly actor: Actor }

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
  moment.counted?.push(...all.map(() => event))
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
