import type { Connection, Moment } from '../../database/database.ts'
import { allHappened } from '../../events/happened.ts'
import { BLANK } from '../../mail/template-names.ts'
import { deleteLinks, lockLinksById, renewLinks } from '../../stores/links.ts'
import {
  claimMails,
  deleteMails,
  holdMail,
  lockDueMails,
  mailLife,
} from '../../stores/delivery/mails.ts'
import type { DueMails, MailRow } from '../../stores/delivery/mails.ts'
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
  readonly ended: number
}

/** Why a mail was given up. */
export type GivenUp = 'refused' | 'expired' | 'unreadable' | 'link_ended'

/**
 * Claims the next mails of a lane, and ends those that are not sent: blank ones, too old ones, those
 * whose link is over, too many. Each try begins the life of a link anew, so that it lives as long as
 * its mail says; a mail that is older than that is not sent.
 */
export async function claimNextMails(
  moment: Moment,
  perHour: number,
  of: Pick<DueMails, 'lane' | 'except'>,
): Promise<ClaimedMails> {
  const { db, now, trusted } = moment
  const rows = await lockDueMails(moment, { ...of, most: BATCH })
  const blank = rows.filter(({ template }) => template === BLANK)
  const mails = rows.filter(({ template }) => template !== BLANK)
  const links = new Map((await lockLinksById(db, linkIdsOf(mails))).map((one) => [one.id, one]))
  const hasEnded = ({ link_id }: MailRow): boolean => link_id !== null && !links.has(link_id)
  // A time that disagrees gives nothing up
  const isOver = (row: MailRow): boolean => trusted && row.written_at + mailLife(row) <= now
  const ended = mails.filter(hasEnded)
  const over = mails.filter((row) => !hasEnded(row) && isOver(row))
  const current = mails.filter((row) => !hasEnded(row) && !isOver(row))
  const { send, hold, drop } = await shareMails(moment, current, perHour)
  await recordGivenUp(moment, over, { cause: 'expired' })
  await recordGivenUp(moment, ended, { cause: 'link_ended' })
  await deleteMails(db, [...blank, ...over, ...ended, ...drop])
  const linkOf = ({ link_id }: MailRow) => links.get(link_id ?? '') ?? []
  await deleteLinks(db, [...over, ...drop].flatMap(linkOf))
  for (const { row, until } of hold) await holdMail(db, row, until)
  const waiting = [...send, ...hold.map(({ row }) => row)]
  for (const [life, those] of Map.groupBy(waiting, ({ link_life }) => link_life ?? 0)) {
    await renewLinks(db, those.flatMap(linkOf), now + life)
  }
  return {
    rows: await claimMails(moment, send),
    seen: rows.length,
    blank: blank.length,
    dropped: drop.length,
    dead: over.length,
    ended: ended.length,
  }
}

/** Ends the link of a mail that was given up: no person has it. */
export async function endLinkOf(db: Connection, row: MailRow): Promise<void> {
  await deleteLinks(db, await lockLinksById(db, linkIdsOf([row])))
}

const linkIdsOf = (rows: readonly MailRow[]): string[] =>
  rows.flatMap(({ link_id }) => (link_id === null ? [] : [link_id]))

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
