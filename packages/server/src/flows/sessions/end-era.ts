import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { newTokenId } from '../../secrets/random.ts'
import { setEra } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { findFact, longestLife } from '../../stores/installation.ts'
import type { Effect } from '../../stores/revocation-effects.ts'
import { endableSessions } from '../../stores/session-ends.ts'
import { liveTokens } from '../../stores/tokens.ts'
import type { TokenRow } from '../../stores/tokens.ts'
import { MARGIN, entryLifeEnd } from '../../model/entry-life.ts'
import { markEnds } from './write-ends.ts'
import type { Ending } from './write-ends.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'

/** How an era ends, and the status that the account gets. */
export interface EraEnding extends Ending {
  readonly account: Locked<Account>
  readonly status: Account['status']
  /** The reason of the status, stored with the account. */
  readonly statusReason: string | null
}

/** The era of an account's tokens; an account from before eras gets its first one now. */
export async function eraOf(db: Connection, account: Locked<Account>): Promise<string> {
  if (account.era !== null) return account.era
  const era = newTokenId()
  await setEra(db, account, era)
  return era
}

/**
 * Ends everything that an account has issued, with one entry, whether recorded or not: after a
 * failover the database may lack a sign-in whose token is still valid.
 * @returns how many sessions ended.
 */
export async function endEra(
  moment: RevokingMoment,
  { account, status, statusReason, code, actor, reason }: EraEnding,
): Promise<number> {
  const { db, now } = moment
  const sessions = await endableSessions(db, account)
  const ended = await markEnds(
    moment,
    code,
    sessions.map((session) => ({ session, actor, reason })),
  )
  const tokens = await liveTokens(db, account, now)
  const next = newTokenId()
  await setEra(db, account, next)
  const last = Math.max(0, ...tokens.map(({ expires_at }) => expires_at))
  // A token that the database has lost may have the longest life
  const until = Math.max(entryLifeEnd(last, now), now + (await longestLife(db)) * 1000 + MARGIN)
  const effect: Effect = {
    what: 'era',
    account: account.id,
    status,
    reason: statusReason,
    next,
    sessions: [...ended],
  }
  const beside = await entriesBeside(moment, tokens, effect.sessions)
  await moment.revoke([
    { kind: 'era', id: account.era ?? newTokenId(), code, until, effect },
    ...beside.map((hit) => ({ ...hit, code, until })),
  ])
  return ended.size
}

interface Hit {
  readonly kind: 'sid' | 'jti'
  readonly id: string
}

/**
 * Entries for tokens that carry no era, as the previous version issued them. While processes of
 * that version may run beside this one, their guards get an entry for every ended session.
 */
async function entriesBeside(
  { db, now }: RevokingMoment,
  tokens: readonly TokenRow[],
  sessions: readonly string[],
): Promise<readonly Hit[]> {
  const without = tokens
    .filter(({ claims }) => (JSON.parse(claims) as { readonly era?: string }).era === undefined)
    .map(({ jti, session_id }) => hitOf(session_id, jti))
  const former = Number((await findFact(db, FORMER_UNTIL)) ?? 0)
  const all = now < former ? sessions.map((id): Hit => ({ kind: 'sid', id })) : []
  return [...new Map([...without, ...all].map((hit) => [hit.id, hit])).values()]
}

/** The fact, written by migration 008, until when processes of the previous version may run. */
const FORMER_UNTIL = 'former version until'

function hitOf(session: string | null, jti: string): Hit {
  return session === null ? { kind: 'jti', id: jti } : { kind: 'sid', id: session }
}
