import type { Moment } from '../../database/database.ts'
import { allHappened } from '../../events/happened.ts'
import { BLANK } from '../../mail/templates.ts'
import { claimMails, deleteMails, holdMails, lockDueMails, MAIL_LIFE } from '../../stores/mails.ts'
import type { MailRow } from '../../stores/mails.ts'
import { shareMails } from './share-mails.ts'

/** Mails in one transaction. */
const BATCH = 20

/** What a claim has done. */
export interface ClaimedMails {
  readonly rows: readonly MailRow[]
  /** How many were looked at: none are left if it is 0. */
  readonly seen: number
  readonly blank: number
  readonly dropped: number
  readonly dead: number
}

/** Why a mail was given up. */
export type GivenUp = 'refused' | 'expired' | 'unreadable'

/** Claims the next mails, and ends those that are not sent: blank ones, too old ones, too many. */
export async function claimNextMails(moment: Moment, perHour: number): Promise<ClaimedMails> {
  const rows = await lockDueMails(moment, BATCH)
  const blank = rows.filter(({ template }) => template === BLANK)
  const mails = rows.filter(({ template }) => template !== BLANK)
  // A time that disagrees gives nothing up
  const isOver = ({ written_at }: MailRow): boolean =>
    moment.trusted && written_at + MAIL_LIFE <= moment.now
  const over = mails.filter(isOver)
  const current = mails.filter((row) => !isOver(row))
  const { send, hold, drop, nextHour } = await shareMails(moment, current, perHour)
  await recordGivenUp(moment, over, { cause: 'expired' })
  await deleteMails(moment.db, [...blank, ...over, ...drop])
  await holdMails(moment.db, hold, nextHour)
  return {
    rows: await claimMails(moment, send),
    seen: rows.length,
    blank: blank.length,
    dropped: drop.length,
    dead: over.length,
  }
}

/** Writes a row of the audit log for each mail that is given up. It names no address. */
export async function recordGivenUp(
  moment: Moment,
  rows: readonly MailRow[],
  { cause, response }: { readonly cause: GivenUp; readonly response?: number | undefined },
): Promise<void> {
  if (rows.length === 0) return
  await allHappened(
    moment,
    'mail.given_up',
    rows.map(({ account_id, template, attempts }) => ({
      actor: {},
      account: account_id === '' ? undefined : account_id,
      details: { template, cause, response, attempts },
    })),
  )
}
