import type { SessionEntry } from '@keyhaven/core/wire'
import type { Session } from '../stores/sessions.ts'
import { proofTime, time } from './time.ts'

/** A session in a list; `current` is the id of the caller's session. */
export function sessionItem(row: Session, current: string | undefined): SessionEntry {
  return {
    id: row.id,
    client: row.client_id,
    device: row.device,
    browser: row.browser,
    address: row.address,
    createdAt: time(row.created_at),
    lastUsedAt: time(row.last_used_at),
    authTime: proofTime(row.auth_time),
    amr: JSON.parse(row.amr) as string[],
    changed: changesOf(row),
    current: row.id === current,
  }
}

/** What was another at the last renewal than at the sign-in, if both are known. */
function changesOf(row: Session): SessionEntry['changed'] {
  if (row.renewed_address === null && row.renewed_browser === null) return []
  const changed = (former: string | null, now: string | null): boolean =>
    former !== null && former !== now
  return [
    ...(changed(row.address, row.renewed_address) ? (['address'] as const) : []),
    ...(changed(row.browser, row.renewed_browser) ? (['browser'] as const) : []),
  ]
}
