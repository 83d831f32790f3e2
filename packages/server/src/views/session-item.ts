import type { SessionEntry } from '@keyhaven/core/wire'
import type { Session } from '../stores/sessions.ts'
import { time } from './time.ts'

/** A session in a list; `current` is the id of the caller's session. */
export function sessionItem(row: Session, current: string | undefined): SessionEntry {
  return {
    id: row.id,
    device: row.device,
    browser: row.browser,
    address: row.address,
    createdAt: time(row.created_at),
    lastUsedAt: time(row.last_used_at),
    authTime: time(row.auth_time),
    amr: JSON.parse(row.amr) as string[],
    current: row.id === current,
  }
}
