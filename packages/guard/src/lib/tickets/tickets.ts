import { checkClaims } from '@keyhaven/core'
import { errorMessage } from '@keyhaven/core/errors'
import { networkOf } from '../addresses/address.ts'
import { createBudget } from '../api-keys/budget.ts'
import type { KeyRefusal } from '../api-keys/questions.ts'
import { createRefusedKeys } from '../api-keys/refused-keys.ts'
import type { KeyCode } from '../api-keys/refused-keys.ts'
import type { GuardSources, TicketSource, TicketUse } from '../checks/decision.ts'
import { createMark } from '../checks/keyed-hash.ts'
import type { GuardRequest } from '../checks/request.ts'
import { frozen } from '../checks/token-cache.ts'
import type { GoodToken } from '../checks/token-result.ts'
import { createOwnAddress } from './own-address.ts'
import { ticketOfRequest } from './ticket-of.ts'

/** The tickets that a guard meets. */
export interface Tickets {
  /** Checks the ticket of a request without waiting; `undefined` if it has none. */
  check(request: GuardRequest): TicketResult | undefined
  /**
   * Redeems a ticket, so that `check` can tell; parallel requests with a ticket share one redemption. Never rejects.
   * @returns the refusal if there is no answer now.
   */
  redeem(use: TicketUse): Promise<KeyRefusal | undefined>
}

/** The claims of a ticket that is good now, the refusal, or what to redeem. */
export type TicketResult =
  | GoodToken
  | (KeyRefusal & { readonly ok: false; readonly use?: never })
  | { readonly ok: false; readonly use: TicketUse }

/** Milliseconds for which a ticket serves requests from its first use, and how many are remembered. */
const USED_FOR = 60_000
const MOST = 20_000

/** Tickets in a second that the service refuses, and those that it is asked about at a time. */
const refusedTickets = { most: 60, ofOne: 20 }
const MOST_AT_ONCE = 200

interface Used {
  readonly token: GoodToken
  readonly until: number
}

/** Creates the tickets of one guard. Times and revocations are checked at every request. */
export function createTickets(
  sources: Pick<GuardSources, 'tickets' | 'issuer' | 'audience' | 'revocations' | 'now'>,
): Tickets {
  const { tickets: source, revocations } = sources
  const addressOf = createOwnAddress(sources.audience)
  const markOf = createMark()
  /** From the oldest to the newest. */
  const used = new Map<number, Used>()
  const refused = createRefusedKeys()

  const keep = (mark: number, token: GoodToken): void => {
    const at = performance.now()
    for (const [old, { until }] of used) {
      if (until > at && used.size < MOST) break
      used.delete(old)
    }
    used.set(mark, { token, until: at + USED_FOR })
  }
  const find = (mark: number): TicketResult | undefined => {
    const known = used.get(mark)
    if (known === undefined) return undefined
    const { claims } = known.token
    const isOver = known.until <= performance.now() || claims.exp <= revocations.horizon
    if (isOver || sources.now() >= claims.exp)
      return refuse('token_expired', 'a ticket, whose time is over')
    const code = revocations.find(claims)
    return code === undefined ? known.token : refuse(code, 'the ticket is revoked')
  }
  return {
    check: (request) => {
      const sent = ticketOfRequest(request)
      if (sent === undefined) return undefined
      if (source === undefined) return refuse('token_invalid', noSource)
      const { ticket } = sent
      const url = addressOf(request, sent.url)
      if (ticket === undefined || url === undefined) {
        return refuse('token_invalid', 'a malformed ticket or host')
      }
      const peer = source.addressOf(request)?.text
      // Clients that can't be told apart would share it
      if (peer === undefined) return refuse('token_invalid', noAddress)
      const use = { ticket, url, peer }
      const found = find(markOf(textOf(use)))
      if (found !== undefined) return found
      const code = refused.find(textOf(use))
      return code === undefined ? { ok: false, use } : refuse(code, 'a ticket that was refused')
    },
    redeem:
      source === undefined
        ? () => Promise.resolve(undefined)
        : createRedeem(sources, source, {
            keep: (use, token) => keep(markOf(textOf(use)), token),
            refuse: (use, code) => refused.add(textOf(use), code),
          }),
  }
}

interface Tables {
  keep(use: TicketUse, token: GoodToken): void
  refuse(use: TicketUse, code: KeyCode): void
}

function createRedeem(
  { issuer, audience, now }: Pick<GuardSources, 'issuer' | 'audience' | 'now'>,
  source: TicketSource,
  tables: Tables,
): Tickets['redeem'] {
  const redeeming = new Map<string, Promise<KeyRefusal | undefined>>()
  const budget = createBudget(refusedTickets)
  const redeem = async (use: TicketUse): Promise<KeyRefusal | undefined> => {
    const giveBack = redeeming.size > MOST_AT_ONCE ? undefined : budget.take(networkOf(use.peer))
    if (giveBack === undefined) return tooMany
    try {
      const answer = await source.redeem({ ticket: use.ticket, url: use.url })
      const checked = answer.ok
        ? checkClaims(answer.claims, '', { issuer, audience, now: now() })
        : answer
      if (checked.ok) {
        giveBack()
        tables.keep(use, { ok: true, claims: frozen(checked.claims), kid: '' })
      } else tables.refuse(use, checked.code as KeyCode)
      return undefined
    } catch (error) {
      return { code: 'unavailable', details: { reason: errorMessage(error), retryAfter: 1 } }
    }
  }
  return (use) => {
    const text = textOf(use)
    const running = redeeming.get(text)
    if (running !== undefined) return running
    const doing = redeem(use).finally(() => redeeming.delete(text))
    redeeming.set(text, doing)
    return doing
  }
}

const textOf = ({ ticket, url, peer }: TicketUse): string => `${ticket} ${peer} ${url}`

function refuse(code: KeyRefusal['code'], reason: string): KeyRefusal & { readonly ok: false } {
  return { ok: false, code, details: { reason, detail: over } }
}

const over = 'This ticket is used, over, or for another address: get a new one.'
const noAddress = 'a ticket, and the address of the client is not known'
const noSource = 'a ticket, and this guard has no feedKey with which it could redeem it'

const tooMany: KeyRefusal = {
  code: 'overloaded',
  details: { reason: 'too many unknown tickets in this second', retryAfter: 1 },
}
