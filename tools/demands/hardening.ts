import { part } from './demand.ts'
import type { Part } from './demand.ts'

/** Rules that came from attacks on the design. */
export const hardening: Part = part(
  'Hardening',
  `
  H1 tokens of registered clients open nothing of the service | in part: registered OAuth clients
  H2 exchange never takes the audience restriction away
  H3 every way in ends in the question for the second factor
  H4 undo and deny links are no way around second factors
  H5 the end of an impersonation gives no session back | in part: a console
  H6 guards of the version before understand eras
  H7 the console has an origin or a proof of its own | in part: a console
  H8 a failover that lost writes brings back nothing that ended
  H9 decryption keys go to the guard of their audience only | not built: encrypted tokens
  H10 an import makes no administrators | not built: imports
  H11 an unconfirmed sign-up is no account
  H12 a confirmation in another browser confirms only the address
  H13 other callers can neither make a user's mails invalid nor delay them
  H14 a changed address is confirmed in the account's own session
  H15 wrong second factors count by account
  H16 enrolment on an unknown device needs a mailed code
  H17 a provider's silent sign-in is not fresh | in part: sign-in by other providers
  H18 a cross-site link changes no session | not built: sign-in by other providers
  H19 an unverified address of a provider counts for nothing | not built: sign-in by other providers
  H20 a stolen device cookie ends with the next reset
  H21 no act on an account above one's own rank
  H22 the first administrator by a link in a terminal | not built: a console
  H23 operators can help a sole administrator, and it is audited
  H24 test doors open in development only
  H25 native origins are no own origins
  H26 a public client needs the user's consent each time | not built: registered OAuth clients
  H27 the device page names the client that requests access | not built: registered OAuth clients
  H28 a restore ends what it must, and names the span that is lost
  H29 gateways get one exchanged token a session | not built: gateways
  H30 an API key has its audiences
  H31 pages have a strict policy
  H32 outgoing calls go to public addresses only | in part: webhooks
  H33 imported hashes can't stop the service | not built: imports
  H34 the migration door works once | not built: imports
  H35 codes for factors and mail | in part: sign-in by other providers
  H36 everything=true ends what hangs below a session too
  H37 the flow cookie names the browser
  H38 nothing irreversible happens on one reading of a clock
  H39 locked accounts get no mail, and the answer is the same
  H40 a ticket opens one URL for a minute
  H41 tokens of trusted issuers
  H42 only the user can erase or export their account
  H43 one canonical form of an address, without folding of letters
  H44 callbacks by POST | not built: sign-in by other providers
  H45 encryption begins when every guard can decrypt | not built: encrypted tokens
  H46 the provider's cookies are host-only | not built: registered OAuth clients
  H47 logout by a relying party needs the user's confirmation | not built: registered OAuth clients
  H48 options of passkeys do not show which accounts exist
  H49 a mailed code lives for ten minutes
  H50 routes of former systems run the same flows | not built: imports
  H51 an unconfirmed sign-up vanishes
  H52 hooks get no password, token or code | in part: webhooks
  H53 notices can be limited to new devices
  H54 decided differences are listed | written: security/asvs.md
  H55 a file with a secret that others can read is refused
  H56 a DELETE takes its reason in the body or the query
  H57 a reset of an unknown address is equal work
  H58 queries for breach ranges are padded
  H59 clients:write and webhooks:write are reserved
  H60 no browser is trusted for the second factor
  H61 in Compose the mailbox is read by a command
  H62 the console shows how many keys a lock ends | in part: a console
  `,
)
