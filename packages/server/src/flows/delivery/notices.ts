import type { Moment } from '../../database/database.ts'
import { noticesOf } from '../../events/table.ts'
import { publishNotices } from '../../stores/delivery/notices.ts'
import type { OutboxRow } from '../../stores/delivery/outbox.ts'

/**
 * Publishes the notices of events to all processes, which read them with the log of revocations.
 * @throws Error for an event that this version does not know.
 */
export async function deliverNotices({ db }: Moment, rows: readonly OutboxRow[]): Promise<void> {
  const notices = rows.flatMap(({ event, account_id }) =>
    noticesOf(event).map((kind) => ({ kind, account_id })),
  )
  await publishNotices(db, notices)
}
