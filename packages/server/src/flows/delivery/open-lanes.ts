import { mailLanes } from '../../stores/delivery/mails.ts'
import type { MailLane, MailRow } from '../../stores/delivery/mails.ts'

/** A lane of the queue in this process: mails that it has claimed, and what is sending them. */
export interface OpenLane {
  readonly name: MailLane
  /** Mails that are sent at once. */
  readonly most: number
  readonly waiting: ClaimedMail[]
  readonly running: Set<Promise<void>>
}

/** A mail that this process has claimed. */
export interface ClaimedMail {
  readonly row: MailRow
  /** By the monotonic clock. */
  readonly since: number
}

/**
 * Mails of each lane that a process sends at once. A mail whose recipient's server does not respond
 * delays its own lane only: an address that any caller can type in never delays a confirmed one. Two of
 * the first lane, so that one that hangs delays no other there.
 */
const AT_ONCE: Readonly<Record<MailLane, number>> = { first: 2, again: 1, unconfirmed: 1 }

/** Milliseconds for which a mail may be claimed before it is sent; its claim must outlast the sending. */
const FRESH = 25_000

/** Opens the lanes, without any mail. */
export function openLanes(): readonly OpenLane[] {
  return mailLanes.map((name) => ({
    name,
    most: AT_ONCE[name],
    waiting: [],
    running: new Set<Promise<void>>(),
  }))
}

/** Takes the next mail out of a lane, of an account to which none is being sent. */
export function takeWaiting({ waiting }: OpenLane, busy: ReadonlySet<string>): MailRow | undefined {
  for (let at = 0; at < waiting.length; at += 1) {
    const { row, since } = waiting[at] as ClaimedMail
    // Too late to send it within its claim: it is claimed anew
    const isStale = performance.now() - since > FRESH
    if (isStale || !busy.has(row.account_id)) waiting.splice(at--, 1)
    if (!isStale && !busy.has(row.account_id)) return row
  }
  return undefined
}

/** Takes all mails of an account out of a lane. */
export function takeAllOf({ waiting }: OpenLane, account: string): MailRow[] {
  const [left, taken] = [[], []] as [ClaimedMail[], MailRow[]]
  for (const one of waiting.splice(0)) {
    if (one.row.account_id === account) taken.push(one.row)
    else left.push(one)
  }
  waiting.push(...left)
  return taken
}
