import type { Database } from '../../database/database.ts'
import type { MailPayload } from '../../events/queue-mail.ts'
import { mailFailure } from '../../mail/failure.ts'
import type { MailFailure } from '../../mail/failure.ts'
import type { MailMessage, MailSending } from '../../mail/message.ts'
import {
  deleteMails,
  hasDueMail,
  MAIL_LIFE,
  postponeMail,
  releaseMails,
} from '../../stores/mails.ts'
import type { MailRow } from '../../stores/mails.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { claimNextMails, recordGivenUp } from './claim-mails.ts'
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
  readonly compose: (payload: MailPayload) => MailMessage | undefined
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

/** Mails that a process sends at once: one that hangs leaves the other lanes free. */
const LANES = 2

/** Milliseconds that one mail may take in all. */
const LONGEST = 30_000

/** Milliseconds for which a mail may be claimed before it is sent; its claim must outlast the sending. */
const FRESH = 25_000

/** Milliseconds that mails which are being sent get at the end. */
const GRACE = 3000

/** Milliseconds to the first further try; each later wait is twice as long, up to four hours. */
const FIRST_RETRY = 30_000
const LONGEST_RETRY = 4 * 3_600_000

/** Claimed mails in memory. */
const MOST_WAITING = 40

interface Claimed {
  readonly row: MailRow
  /** By the monotonic clock. */
  readonly since: number
}

/**
 * Creates the queue. A mail is claimed for a minute, sent without a transaction, and deleted. A
 * process that is killed leaves it to the next one, so a mail may be sent twice and is never lost.
 * Mails of one account are sent one after the other; one that fails holds back no other.
 */
export function createMailQueue(needs: Needs): MailQueue {
  const { database, sending, log } = needs
  const waiting: Claimed[] = []
  const accounts = new Set<string>()
  const lanes = new Set<Promise<void>>()
  const pauses = createPauses()
  let closed = false

  const takeWaiting = (): MailRow | undefined => {
    for (let at = 0; at < waiting.length; at += 1) {
      const { row, since } = waiting[at] as Claimed
      // Too late to send it within its claim: it is claimed anew
      const isStale = performance.now() - since > FRESH
      if (isStale || !accounts.has(row.account_id)) waiting.splice(at--, 1)
      if (!isStale && !accounts.has(row.account_id)) return row
    }
    return undefined
  }
  const next = async (): Promise<MailRow | undefined> => {
    while (!closed && !pauses.isOn()) {
      const row = takeWaiting()
      if (row !== undefined) return row
      // All of them are of accounts to which a mail is being sent
      if (waiting.length >= MOST_WAITING) return undefined
      const since = performance.now()
      const claimed = await database.transact((moment) => claimNextMails(moment, needs.perHour))
      count(needs.metrics, claimed)
      if (claimed.seen === 0) return undefined
      waiting.push(...claimed.rows.map((one) => ({ row: one, since })))
    }
    return undefined
  }
  const lane = async (): Promise<void> => {
    for (let row = await next(); row !== undefined; row = await next()) {
      // Rows without an account wait for no other
      const key = row.account_id === '' ? `row ${row.id}` : row.account_id
      accounts.add(key)
      try {
        await sendOne(needs, row, pauses)
      } finally {
        accounts.delete(key)
      }
    }
  }
  const release = async (): Promise<void> => {
    const rows = waiting.splice(0).map(({ row }) => row)
    if (rows.length > 0) await database.transact(({ db }) => releaseMails(db, rows))
  }
  return {
    look: async () => {
      if (closed || lanes.size === LANES) return
      if (pauses.isOn()) return release()
      if (waiting.length === 0 && !(await database.read(hasDueMail))) return
      while (lanes.size < LANES) {
        const running = lane()
          .catch((error: unknown) => (closed ? undefined : log.broken(error)))
          .finally(() => lanes.delete(running))
        lanes.add(running)
      }
    },
    close: async () => {
      closed = true
      const grace = new Promise((resolve) => setTimeout(resolve, GRACE).unref())
      await Promise.race([Promise.all(lanes), grace])
      sending.close()
      // The database may be what failed: then the claims end by themselves
      await release().catch(() => undefined)
    },
  }
}

function count(
  { mails }: Needs['metrics'],
  { blank, dropped, dead }: Readonly<Record<'blank' | 'dropped' | 'dead', number>>,
): void {
  if (blank > 0) mails.add({ outcome: 'blank' }, blank)
  if (dropped > 0) mails.add({ outcome: 'dropped' }, dropped)
  if (dead > 0) mails.add({ outcome: 'dead' }, dead)
}

async function sendOne(needs: Needs, row: MailRow, pauses: Pauses): Promise<void> {
  const { database, metrics, log } = needs
  const message = messageOf(needs, row)
  if (message === undefined) {
    const response = undefined
    await giveUp(needs, row, { cause: 'unreadable', response, text: 'unreadable' })
    return
  }
  const failure = await trySending(needs.sending, message)
  if (failure === undefined) {
    pauses.worked()
    log.worked()
    metrics.mails.add({ outcome: 'sent' })
    await database.transact(({ db }) => deleteMails(db, [row]))
    return
  }
  if (failure.kind === 'refused') {
    pauses.worked()
    await giveUp(needs, row, { cause: 'refused', ...failure })
    return
  }
  metrics.mails.add({ outcome: 'failed' })
  log.failed(row, failure)
  if (failure.kind === 'later') pauses.worked()
  else pauses.failed(failure.kind === 'down')
  await database.transact(({ db, now }) => postponeMail(db, row, nextTry(row, now)))
}

function messageOf({ open, compose }: Needs, row: MailRow): MailMessage | undefined {
  try {
    return compose(open(row.payload))
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
    signal.addEventListener('abort', () => reject(new Error('ETIMEDOUT')), { once: true })
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
  })
  metrics.mails.add({ outcome: 'dead' })
  log.givenUp(row, final)
}

/** The last try is at the end of the mail's life; a claim after it gives the mail up. */
function nextTry({ attempts, written_at }: MailRow, now: number): number {
  const wait = Math.min(FIRST_RETRY * 2 ** Math.min(attempts, 20), LONGEST_RETRY)
  const end = written_at + MAIL_LIFE
  return now >= end ? now : Math.min(now + wait, end)
}
