import type { Moment } from '../database/database.ts'
import { appendAudit, appendAudits } from '../stores/audit.ts'
import type { NewAuditRow } from '../stores/audit.ts'

/** Who acts, and from which address. */
export interface Actor {
  readonly accountId?: string | undefined
  /** An actor without an account, such as `os:NAME@HOST` at the command line. */
  readonly operator?: string | undefined
  readonly sessionId?: string | undefined
  readonly address?: string | undefined
}

/** The account and session that an event concerns, with a reason and details. */
export interface EventDetails {
  readonly account?: string | undefined
  readonly session?: string | undefined
  readonly reason?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Every security event that is recorded. */
export const actions = [
  'account.created',
  'account.changed',
  'account.status_changed',
  'password.changed',
  'password.change_failed',
  'password.reset',
  'email.changed',
  'role.assigned',
  'role.removed',
  'session.opened',
  'session.ended',
  'sessions.ended',
  'session.claims_kept',
  'sign_in.failed',
  'token.revoked',
  'keys.rotated',
  'keys.resealed',
  'guard.added',
  'guard.removed',
  'guard.ahead',
  'database.restored',
  'database.writes_lost',
] as const

/** The name of a recorded event. */
export type Action = (typeof actions)[number]

/**
 * Writes an event to the audit log in the flow's own transaction, so that a row exists exactly if
 * the event happened.
 */
export async function record(
  { db, now }: Moment,
  action: Action,
  happened: EventDetails & { readonly actor: Actor },
): Promise<void> {
  await appendAudit(db, rowOf(now, action, happened))
}

/** Writes several events of one kind to the audit log in the flow’s own transaction. */
export async function recordAll(
  { db, now }: Moment,
  action: Action,
  happened: readonly (EventDetails & { readonly actor: Actor })[],
): Promise<void> {
  const rows = happened.map((one) => rowOf(now, action, one))
  await appendAudits(db, rows)
}

function rowOf(
  at: number,
  action: Action,
  { actor, account, session, reason, details }: EventDetails & { readonly actor: Actor },
): NewAuditRow {
  return {
    at,
    action,
    actor_id: actor.accountId ?? actor.operator ?? null,
    account_id: account ?? null,
    session_id: session ?? null,
    reason: reason ?? null,
    address: actor.address ?? null,
    details: details === undefined ? null : JSON.stringify(details),
  }
}
