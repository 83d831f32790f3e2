import type { Generated } from 'kysely'

/** One row per mail that is not sent yet; deleted when it is, or when it can't be sent. */
export interface MailTable {
  id: Generated<number>
  /** The kind of mail. A program that does not know it leaves the row. */
  template: string
  event: string
  /** Empty if the mail concerns no account. */
  account_id: string
  /** Recipient and values, sealed because they contain tokens. */
  payload: string
  /** Which share of the mails in an hour it uses: a recipient, or `notice`. */
  share: string
  /**
   * Which mails it waits with: `first` of a confirmed address, `again` once a try has failed, or
   * `unconfirmed`. Those of one lane never wait for those of another.
   */
  lane: 'first' | 'again' | 'unconfirmed'
  /** The link that it contains; null without one. If that is over, the mail is not sent. */
  link_id: string | null
  /** Milliseconds that the link lives from each try on; null without a link. */
  link_life: number | null
  /** How often sending was tried. */
  attempts: Generated<number>
  /** Milliseconds since 1970. */
  written_at: number
  /** Milliseconds since 1970 before which it is not tried again; 0 if it was never tried. */
  retry_at: Generated<number>
  /** Milliseconds since 1970 until which one process has it; 0 if none has. */
  claimed_until: Generated<number>
}
