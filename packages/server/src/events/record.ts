import type { Moment } from '../database/database.ts'
import { appendAudit, appendAudits } from '../stores/audit.ts'
import type { NewAuditRow } from '../stores/audit.ts'

/** Who acts, and from where. */
export interface Actor {
  readonly accountId?: string | undefined
  /** Who acts without an account of ours: at the command line, `os:NAME@HOST`. */
  readonly operator?: string | undefined
  readonly sessionId?: string | undefined
  readonly address?: string | undefined
}

/** What happened to whom. */
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

export type Action = (typeof actions)[number]

/** Records an event in the flow's own transaction: what is recorded happened, and the other way round. */
export async function record(
  { db, now }: Moment,
  action: Action,
  happened: EventDetails & { readonly actor: Actor },
): Promise<void> {
  await appendAudit(db, rowOf(now, action, happened))
}

/** The same for many of one kind. */
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
