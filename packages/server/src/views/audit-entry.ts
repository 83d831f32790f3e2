import type { AuditRow } from '../stores/audit.ts'
import { time } from './time.ts'

export interface AuditEntry {
  readonly id: number
  /** Its place in the chain; null for a second after it was written. */
  readonly number: number | null
  readonly at: string
  readonly action: string
  readonly actor: string | null
  readonly account: string | null
  readonly session: string | null
  readonly reason: string | null
  readonly address: string | null
  readonly details: unknown
}

/** A row of the audit log as others see it. */
export function auditEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    number: row.number,
    at: time(row.at),
    action: row.action,
    actor: row.actor_id,
    account: row.account_id,
    session: row.session_id,
    reason: row.reason,
    address: row.address,
    details: detailsOf(row),
  }
}

/** A row that somebody has edited must not hide the others: it is shown as it lies there. */
function detailsOf({ details }: AuditRow): unknown {
  try {
    return details === null ? null : (JSON.parse(details) as unknown)
  } catch {
    return details
  }
}
