import type { Database } from '../../database/database.ts'
import type { MailPayload } from '../../events/queue-mail.ts'
import { mailFailure, tooLong } from '../../mail/failure.ts'
import type { MailFailure } from '../../mail/failure.ts'
import type { MailMessage, MailSending } from '../../mail/message.ts'
import {
  deleteMails,
  demoteMails,
  dueLanes,
  mailLife,
  postponeMail,
  releaseMails,
} from '../../stores/delivery/mails.ts'
import type { MailRow } from '../../stores/delivery/mails.ts'
import { NO_ACCOUNT } from '../../stores/delivery/outbox.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { ClaimedMails } from './claim-mails.ts'
import { claimNextMails, endLinkOf, recordGivenUp } from './claim-mails.ts'
import { openLanes, takeAllOf, takeWaiting } from './open-lanes.ts'
import type { OpenLane } from './open-lanes.ts'
import { createPauses } from './pauses.ts'
import type { Pauses } from './pauses.ts'

/** The queue of mails, as one process sends it. */
export interface MailQueue {
  /** Begins to send if any mail may be sent. It does not wait until mails are sent. */
  look(): Promise<void>
  /** Stops: waits a short time for mails that are being sent, and releases the others. */
  close(): Promise<void>
}

interface Needs {
  readonly database: Database
  readonly sending: MailSending
  /** Opens the content of a mail. @throws Error if it can't be opened. */
  readonly open: (sealed: string) => MailPayload
  /** Writes the mail; `undefined` if its address or kind is not valid. */
  readonly compose: (payload: MailPayload) => Promise<MailMessage | undefined>
  readonly perHour: number
  readonly metrics: Pick<Metrics, 'mails'>
  readonly log: MailLog
}

/** What is logged of the queue; nothing names an address. */
export interface MailLog {
  /** A mail could not be sent, and is tried again. */
  readonly failed: (row: MailRow, failure: MailFailure) => void
  readonly worked: () => void
  readonly givenUp: (row: MailRow, failure: Pick<MailFailure, 'text'>) => void
  /** The database failed; the claim ends, and the mail is sent again. */
  readonly broken: (error: unknown) => void
}

/** Milliseconds that one mail may take in all. */
const LONGEST = 30_000

/** Milliseconds that mails which are being sent get at the end. */
const GRACE = 3000

/**
 * Milliseconds to the first further try. Each later wait is twice as long, up to a sixth of the time
 * after which the mail is given up: four hours, or five minutes for a link that lives for 30.
 */
const FIRST_RETRY = 30_000
const LONGEST_RETRY = 1 / 6

/** Claimed mails of a lane in memory. */
const MOST_WAITING = 40

/**
 * Creates the queue. A mail is claimed for a minute, sent without a transaction, and deleted. A
 * process that is killed leaves it to the next one, so a mail may be sent twice and is never lost.
 * Mails of one account are sent one after the other; one that fails holds back no other.
 */
export function createMailQueue(needs: Needs): MailQueue {
  const { database, sending, log } = needs
  const lanes = openLanes()
  const accounts = new Set<string>()
  const pauses = createPauses()
  let closed = false

  const next = async (lane: OpenLane): Promise<MailRow | undefined> => {
    const { name, waiting } = lane
    while (!closed && !pauses.isOn()) {
      const row = takeWaiting(lane, accounts)
      if (row !== undefined) return row
      // All of them are of accounts to which a mail is being sent
      if (waiting.length >= MOST_WAITING) return undefined
      const since = performance.now()
      const claimed = await database.transact((moment) =>
        claimNextMails(moment, needs.perHour, { lane: name, except: [...accounts] }),
      )
      count(needs.metrics, claimed)
      if (claimed.seen === 0) return undefined
      waiting.push(...claimed.rows.map((one) => ({ row: one, since })))
    }
    return undefined
  }
  /** The other mails of an account would wait as long, so they leave the first lane. */
  const demote = async (lane: OpenLane, row: MailRow): Promise<void> => {
    if (row.account_id === NO_ACCOUNT) return
    const others = takeAllOf(lane, row.account_id)
    await database.transact(async ({ db }) => {
      await demoteMails(db, row)
      await releaseMails(db, others)
    })
  }
  const send = async (lane: OpenLane): Promise<void> => {
    for (let row = await next(lane); row !== undefined; row = await next(lane)) {
      // Rows without an account wait for no other
      const key = row.account_id === '' ? `row ${row.id}` : row.account_id
      accounts.add(key)
      try {
        if ((await sendOne(needs, row, pauses)) === 'stalled') await demote(lane, row)
      } finally {
        accounts.delete(key)
      }
    }
  }
  const release = async (): Promise<void> => {
    const rows = lanes.flatMap(({ waiting }) => waiting.splice(0).map(({ row }) => row))
    if (rows.length > 0) await database.transact(({ db }) => releaseMails(db, rows))
  }
  return {
    look: async () => {
      const idle = lanes.filter(({ most, running }) => running.size < most)
      if (closed || idle.length === 0) return
      if (pauses.isOn()) return release()
      const names = idle.map(({ name }) => name)
      const due = await database.read((moment) => dueLanes(moment, names))
      for (const lane of idle) {
        const { name, most, waiting, running } = lane
        if (waiting.length === 0 && !due.includes(name)) continue
        while (running.size < most) {
          const one = send(lane)
            .catch((error: unknown) => (closed ? undefined : log.broken(error)))
            .finally(() => running.delete(one))
          running.add(one)
        }
      }
    },
    close: async () => {
      closed = true
      const grace = new Promise((resolve) => setTimeout(resolve, GRACE).unref())
      await Promise.race([Promise.all(lanes.flatMap(({ running }) => [...running])), grace])
      sending.close()
      // The database may be what failed: then the claims end by themselves
      await release().catch(() => undefined)
    },
  }
}

function count({ mails }: Needs['metrics'], claimed: ClaimedMails): void {
  for (const outcome of ['blank', 'dropped', 'dead', 'ended'] as const) {
    if (claimed[outcome] > 0) mails.add({ outcome }, claimed[outcome])
  }
}

/** @returns why it failed for now. */
async function sendOne(
  needs: Needs,
  row: MailRow,
  pauses: Pauses,
): Promise<MailFailure['kind'] | undefined> {
  const { database, metrics, log } = needs
  const message = await messageOf(needs, row)
  if (message === undefined) {
    const response = undefined
    await giveUp(needs, row, { cause: 'unreadable', response, text: 'unreadable' })
    return undefined
  }
  const failure = await trySending(needs.sending, message)
  if (failure === undefined) {
    pauses.worked()
    log.worked()
    metrics.mails.add({ outcome: 'sent' })
    await database.transact(({ db }) => deleteMails(db, [row]))
    return undefined
  }
  if (failure.kind === 'refused') {
    pauses.worked()
    await giveUp(needs, row, { cause: 'refused', ...failure })
    return undefined
  }
  metrics.mails.add({ outcome: 'failed' })
  log.failed(row, failure)
  // A response that never came shows neither that the server works nor that it is down
  if (failure.kind === 'later') pauses.worked()
  else if (failure.kind !== 'stalled') pauses.failed(failure.kind === 'down')
  await database.transact(({ db, now }) => postponeMail(db, row, nextTry(row, now)))
  return failure.kind
}

async function messageOf({ open, compose }: Needs, row: MailRow): Promise<MailMessage | undefined> {
  try {
    return await compose(open(row.payload))
  } catch {
    // The key that sealed it is lost
    return undefined
  }
}

/** @returns why it failed, or `undefined` if it was sent. */
async function trySending(
  { send }: MailSending,
  message: MailMessage,
): Promise<MailFailure | undefined> {
  const { signal, clear } = limited(LONGEST)
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(tooLong()), { once: true })
  })
  try {
    await Promise.race([send(message, signal), aborted])
    return undefined
  } catch (error) {
    return mailFailure(error)
  } finally {
    clear()
  }
}

/** A signal that aborts after a time, unless it is cleared: a timer would keep the mail in memory. */
function limited(milliseconds: number) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), milliseconds).unref()
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}

interface Final extends Pick<MailFailure, 'response' | 'text'> {
  readonly cause: 'refused' | 'unreadable'
}

async function giveUp(
  { database, metrics, log }: Needs,
  row: MailRow,
  final: Final,
): Promise<void> {
  const { cause, response } = final
  const tried = { ...row, attempts: row.attempts + 1 }
  await database.transact(async (moment) => {
    // If the claim has ended, another process may have given it up already
    if ((await deleteMails(moment.db, [row])) === 0) return
    await recordGivenUp(moment, [tried], { cause, response })
    await endLinkOf(moment.db, row)
  })
  metrics.mails.add({ outcome: 'dead' })
  log.givenUp(row, final)
}

/** The last try is at the end of the mail's life; a claim after it gives the mail up. */
function nextTry(row: MailRow, now: number): number {
  const life = mailLife(row)
  const wait = Math.min(FIRST_RETRY * 2 ** Math.min(row.attempts, 20), life * LONGEST_RETRY)
  const end = row.written_at + life
  return now >= end ? now : Math.min(now + wait, end)
}
