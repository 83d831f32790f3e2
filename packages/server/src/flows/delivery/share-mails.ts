import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { HOUR, lockMailHour, mailHourOf, setMailHour } from '../../stores/delivery/mail-hour.ts'
import type { MailHour } from '../../stores/delivery/mail-hour.ts'
import type { MailRow } from '../../stores/delivery/mails.ts'

/** Mails by what the budget of the hour does with them (H13). */
export interface SharedMails {
  readonly send: readonly Locked<MailRow>[]
  /** They wait until a time. */
  readonly hold: readonly { readonly row: Locked<MailRow>; readonly until: number }[]
  /** They are deleted: the user can request the mail again. */
  readonly drop: readonly Locked<MailRow>[]
}

/** Milliseconds that a mail with a link waits at most: a person waits for it. */
const LINK_WAIT = 10 * 60_000

/**
 * Divides mails by the budget of the hour, and counts those that are sent. Half of it is kept for
 * confirmed addresses, and a tenth of that half for known devices, so that a flood of sign-ups holds
 * back no reset. Notices need no share. A mail to a confirmed address waits an hour at most, one with
 * a link ten minutes.
 */
export async function shareMails(
  { db, now }: Moment,
  rows: readonly Locked<MailRow>[],
  perHour: number,
): Promise<SharedMails> {
  const isFirst = (row: MailRow): boolean => row.share !== 'notice' && row.attempts === 0
  if (!rows.some(isFirst)) return { send: rows, hold: [], drop: [] }
  const locked = await lockMailHour(db)
  let used = mailHourOf(locked, now)
  const shared = {
    send: [] as Locked<MailRow>[],
    hold: [] as { row: Locked<MailRow>; until: number }[],
    drop: [] as Locked<MailRow>[],
  }
  for (const row of rows) {
    const latest = row.written_at + (row.link_id === null ? HOUR : LINK_WAIT)
    if (!isFirst(row) || latest <= now || hasRoom(used, row.share, perHour)) {
      shared.send.push(row)
      if (isFirst(row)) used = counted(used, row.share)
    } else if (row.share === 'unconfirmed') shared.drop.push(row)
    else shared.hold.push({ row, until: Math.min(used.since + HOUR, latest) })
  }
  await setMailHour(db, locked, used)
  return shared
}

function hasRoom({ unconfirmed, all }: MailHour, share: string, perHour: number): boolean {
  const half = Math.floor(perHour / 2)
  if (share === 'known-device') return all < perHour
  const others = perHour - Math.floor(half / 10)
  return share === 'confirmed' ? all < others : all < others && unconfirmed < half
}

function counted({ since, unconfirmed, all }: MailHour, share: string): MailHour {
  return { since, unconfirmed: unconfirmed + Number(share === 'unconfirmed'), all: all + 1 }
}
