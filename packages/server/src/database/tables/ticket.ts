/** What only a ticket has: the one address that it opens. The rest is in its row of `credentials`. */
export interface TicketTable {
  credential_id: string
  /** SHA-256 of the ticket, base64url. */
  ticket_sha256: string
  /** The absolute URL, without the ticket. */
  url: string
  /** JSON array of the audiences of its token. */
  audiences: string
  /** When it was redeemed, in milliseconds since 1970; null before. */
  redeemed_at: number | null
}
