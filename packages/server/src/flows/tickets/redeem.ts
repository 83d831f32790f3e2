import { LEEWAY } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Connection, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { Values } from '../../model/application.ts'
import { audiencesAt } from '../../model/tickets/audiences-at.ts'
import { readTicketUrl } from '../../model/tickets/ticket-url.ts'
import { claimsFrom } from '../../model/token-basis.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { findAccount, lockAccount, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import type { NewCredential } from '../../stores/credentials/credentials.ts'
import { isOver } from '../../stores/credentials/live.ts'
import {
  findTicket,
  lockParent,
  lockTicket,
  markRedeemed,
} from '../../stores/credentials/tickets.ts'
import type { Ticket } from '../../stores/credentials/tickets.ts'
import { findGuardById } from '../../stores/guards.ts'
import { applicationClaims, formerClaims } from '../application/claims.ts'
import { eraOf } from '../credentials/end-era.ts'
import type { Context, ContextPart } from '../context.ts'
import { issueToken } from '../tokens/issue.ts'
import type { Issuing } from '../tokens/issue.ts'

/** Milliseconds for which a ticket serves requests after its first use (H40). */
const USED_FOR = 60_000

/** A ticket that a guard has received, and the address at which it did. */
export interface ReceivedTicket {
  readonly ticket: string
  readonly url: string
}

type Needs = Issuing & Pick<Context, 'database'> & ContextPart<'tools', 'log'>

/**
 * Redeems a ticket, once, for a guard of its address.
 * @param guard The guard that has received it; `undefined` for the one in this process, which stands for every audience.
 * @returns the claims of a recorded token of 60 seconds.
 * @throws KeyhavenError `token_invalid` for any ticket that this guard can't redeem there, the code of its end for one
 * that has ended.
 */
export async function redeemTicket(
  context: Needs,
  received: ReceivedTicket,
  guard: Pick<KnownGuard, 'id'> | undefined,
): Promise<AccessTokenClaims> {
  const { database } = context
  const hash = sha256(received.ticket)
  const account = await database.read(async ({ db }) => {
    const ticket = await findTicket(db, hash)
    return ticket && findAccount(db, ticket.account_id)
  })
  if (account === undefined) throw unknownTicket('no ticket')
  const values = await valuesFor(context, account)
  return database.transact(async (moment) => {
    const { db, now } = moment
    const locked = await lockAccount(db, account.id)
    const ticket = locked && (await lockTicket(db, locked, hash))
    if (locked === undefined || ticket === undefined) throw unknownTicket('no ticket')
    const audiences = await audiencesFor(context, db, { ticket, received, guard })
    const parent = await lockParent(moment, locked, ticket.parent_id ?? '')
    requireLive(ticket, { account: locked, parent, now })
    if (ticket.redeemed_at !== null) throw unknownTicket('a ticket that was used')
    // Until its token is refused everywhere
    await markRedeemed(db, ticket, { at: now, endsAt: now + USED_FOR + (LEEWAY + 1) * 1000 })
    const claims = claimsFrom(
      context,
      {
        account: { ...locked, era: await eraOf(db, locked) },
        roles: await rolesOf(db, locked.id),
        values: values ?? (await formerClaims(context, moment, ticket.parent_id ?? '')),
        clientId: ticket.client_id,
        audiences,
        scope: ticket.scope === null ? null : (JSON.parse(ticket.scope) as string[]),
        ends: [
          now + USED_FOR,
          parent?.idle_expires_at ?? null,
          parent?.absolute_expires_at ?? null,
        ],
        more: ofSession(parent),
      },
      now,
    )
    return (await issueToken(context, moment, { credential: ticket, claims })).claims
  })
}

function valuesFor(context: Needs, account: Account): Promise<Values | undefined> {
  return applicationClaims(context, account).catch((error: unknown) => {
    context.tools.log.error({ err: error, account: account.id }, 'redeemed with the former claims')
    return undefined
  })
}

interface At {
  readonly ticket: Ticket
  readonly received: ReceivedTicket
  readonly guard: Pick<KnownGuard, 'id'> | undefined
}

/** The audiences of a ticket that its guard stands for. @throws KeyhavenError without any, and at another address. */
async function audiencesFor(
  { settings }: Pick<Context, 'settings'>,
  db: Connection,
  { ticket, received, guard }: At,
): Promise<string[]> {
  const read = readTicketUrl(received.url)
  if (typeof read === 'string' || read.href !== ticket.url) {
    throw unknownTicket('the ticket of another address')
  }
  const all = JSON.parse(ticket.audiences) as string[]
  if (guard === undefined) return all
  const row = await findGuardById(db, guard.id)
  const served = row === undefined ? [] : audiencesAt(read.origin, row, settings.audiences)
  const audiences = all.filter((one) => served.includes(one))
  if (audiences.length === 0) throw unknownTicket('the ticket of another guard')
  return audiences
}

interface Standing {
  readonly account: Locked<Account>
  readonly parent: NewCredential | undefined
  readonly now: Moment['now']
}

function requireLive(ticket: Ticket, { account, parent, now }: Standing): void {
  if (account.status !== 'active') throw new KeyhavenError('account_locked')
  if (ticket.ended_at !== null) throw new KeyhavenError(ticket.end_code ?? 'session_ended')
  if (parent === undefined) throw new KeyhavenError('session_ended')
  if (isOver(ticket, now)) throw new KeyhavenError('token_expired')
}

/** The claims with which a token ends with its session. */
function ofSession(parent: NewCredential | undefined): Partial<AccessTokenClaims> {
  if (parent?.kind !== 'session') return {}
  const { id: sid, absolute_expires_at: end } = parent
  return { sid, ...(end !== null && { session_exp: Math.floor(end / 1000) }) }
}

function unknownTicket(reason: string): KeyhavenError {
  return new KeyhavenError('token_invalid', { reason })
}
