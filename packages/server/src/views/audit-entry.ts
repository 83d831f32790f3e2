import type { AuditRow } from '../stores/audit/audit.ts'
import { time } from './time.ts'

/** An audit row as the API returns it. */
export interface AuditEntry {
  readonly id: number
  /** Its place in the chain; null until it is sealed, within a second. */
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

/** The view of an audit row. */
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

/**
 * A row with edited details must not hide the others, so text that is not JSON is returned as it
 * is.
 */
function detailsOf({ details }: AuditRow): unknown {
  try {
    return details === null ? null : (JSON.parse(details) as unknown)
  } catch {
    return details
  }
}
