import { KeyhavenError } from '@keyhaven/core/errors'
import { rateLimited } from '../../config/limits.ts'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { refuseUnlessActive } from '../../model/refuse-unless-active.ts'
import { audiencesAt } from '../../model/tickets/audiences-at.ts'
import { readTicketUrl, withTicket } from '../../model/tickets/ticket-url.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newId, newTicket } from '../../secrets/random.ts'
import { lockAccount } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { insertCredential } from '../../stores/credentials/credentials.ts'
import type { NewCredential } from '../../stores/credentials/credentials.ts'
import {
  countLiveTickets,
  dropOldTickets,
  insertTicket,
  lockParent,
} from '../../stores/credentials/tickets.ts'
import { guardsWithOrigins } from '../../stores/guards.ts'
import { eraOf } from '../credentials/end-era.ts'
import { outlivesRestore } from '../credentials/kinds.ts'
import type { Context } from '../context.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { ticketKind } from './kind.ts'

/** Seconds from the issue of a ticket to its first use. */
const UNUSED_FOR = 60

/** Live tickets that an account may have. */
const MOST_TICKETS = 1000

/** Milliseconds after which a ticket that is over is deleted, and how many at a time. */
const KEPT = 600_000
const AT_ONCE = 20

/** The credential that asks for a ticket: the session of a user, or an API key with what limits this call of it. */
export type Asking =
  | { readonly live: LiveSession }
  | {
      readonly keyId: string
      readonly accountId: string
      readonly scope: readonly string[]
      /** The audiences of the key or of its token; `undefined` for all of a cookie's token. */
      readonly audiences: readonly string[] | undefined
    }

/** A new ticket, and the address with it. */
export interface IssuedTicket {
  readonly ticket: string
  readonly url: string
  /** Seconds until which it must be used first. */
  readonly expiresIn: number
}

/**
 * Makes a ticket that opens one address of an API, for 60 seconds from its first use. Only its hash is stored.
 * @throws KeyhavenError `invalid_request` for an address of no API; `rate_limited`; the code of the end of what asks.
 */
export function issueTicket(
  context: Pick<Context, 'settings' | 'database'>,
  asking: Asking,
  url: string,
): Promise<IssuedTicket> {
  const read = readTicketUrl(url)
  if (typeof read === 'string') throw refusedUrl(read)
  const ticket = newTicket()
  return context.database.transact(async (moment) => {
    const { db, now } = moment
    const { account, parent } = await lockAsking(moment, asking)
    const audiences = await openedBy(context, moment, { asking, origin: read.origin })
    await dropOldTickets(db, account, { before: now - KEPT, most: AT_ONCE })
    if ((await countLiveTickets(moment, account, MOST_TICKETS)) >= MOST_TICKETS) {
      throw rateLimited(
        UNUSED_FOR,
        'This account has 1,000 live tickets, the most that it may have.',
      )
    }
    // Its token carries the era, with which all of them end
    await eraOf(db, account)
    const credential = await insertCredential(db, account, {
      id: newId('tkt'),
      kind: ticketKind.name,
      client_id: parent.client_id,
      scope: 'live' in asking ? parent.scope : JSON.stringify(asking.scope),
      parent_id: parent.id,
      created_at: now,
      last_used_at: now,
      idle_expires_at: null,
      absolute_expires_at: now + UNUSED_FOR * 1000,
      outlives: outlivesRestore(ticketKind),
    })
    await insertTicket(db, credential, {
      ticket_sha256: sha256(ticket),
      url: read.href,
      audiences: JSON.stringify(audiences),
    })
    return { ticket, url: withTicket(url, ticket), expiresIn: UNUSED_FOR }
  })
}

interface LockedAsking {
  readonly account: Locked<Account>
  readonly parent: NewCredential
}

/** Checks again, under the lock of the account, that what asks is live. */
async function lockAsking(moment: Moment, asking: Asking): Promise<LockedAsking> {
  if ('live' in asking) {
    const { account, session } = await lockLiveSession(moment, asking.live)
    return { account, parent: session }
  }
  const account = await lockAccount(moment.db, asking.accountId)
  if (account === undefined) throw new KeyhavenError('token_invalid')
  refuseUnlessActive(account)
  const parent = await lockParent(moment, account, asking.keyId)
  if (parent === undefined) throw new KeyhavenError('session_ended')
  return { account, parent }
}

/** The audiences of what asks that are served at an origin. @throws KeyhavenError `invalid_request` without any. */
async function openedBy(
  { settings }: Pick<Context, 'settings'>,
  { db }: Moment,
  { asking, origin }: { readonly asking: Asking; readonly origin: string },
): Promise<string[]> {
  const usual = settings.audiences
  const may = 'live' in asking ? usual : (asking.audiences ?? usual)
  const guards = [{ audiences: null, origins: null }, ...(await guardsWithOrigins(db))]
  const served = new Set(guards.flatMap((one) => audiencesAt(origin, one, [...usual, ...may])))
  const opened = may.filter((one) => one !== settings.issuer && served.has(one))
  if (opened.length > 0) return [...new Set(opened)]
  throw refusedUrl(
    'No API at this address accepts this credential: use the address of an API whose origin is an audience, or which was given by `keyhaven guards add NAME --url URL`.',
  )
}

function refusedUrl(message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path: 'url', message }] })
}
