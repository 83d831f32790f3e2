import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { newTokenId } from '../../secrets/random.ts'
import { setEra } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteAttemptsOf } from '../../stores/attempts.ts'
import type { Erasure } from '../../stores/personal-data/erasures.ts'
import { findFact, longestLife } from '../../stores/installation.ts'
import type { Effect } from '../../stores/revocation-effects.ts'
import { liveTokens } from '../../stores/tokens.ts'
import type { TokenRow } from '../../stores/tokens.ts'
import { MARGIN, entryLifeEnd } from '../../model/entry-life.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { affectedEnds } from './end-all.ts'
import type { Affected } from './end-all.ts'
import { countsOf, markEnds } from './end.ts'
import type { Ending } from './end.ts'
import type { EndedCounts } from './kinds.ts'

/** How an era ends, and the status that the account gets. */
export interface EraEnding extends Ending, Omit<Affected, 'keep'> {
  readonly status: Account['status']
  /** The reason of the status, stored with the account. */
  readonly statusReason: string | null
  /** The erasure of the account that its era ends for. */
  readonly erasure?: Omit<Erasure, 'account_id'>
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
 * failover the database may lack a sign-in whose token is still valid. A sign-in that waits for its second factor ends
 * too: what was proved in it is of before.
 * @returns how many credentials ended.
 */
export async function endEra(
  moment: RevokingMoment,
  { account, by, status, statusReason, erasure, code, ...ending }: EraEnding,
): Promise<EndedCounts> {
  const { db, now } = moment
  const ended = await markEnds(moment, code, await affectedEnds(moment, { account, by }, ending))
  await deleteAttemptsOf(db, account)
  const tokens = await liveTokens(db, account, now)
  const next = newTokenId()
  await setEra(db, account, next)
  const last = Math.max(0, ...tokens.map(({ expires_at }) => expires_at))
  // A token that the database has lost may have the longest life
  const until = Math.max(entryLifeEnd(last, now), now + (await longestLife(db)) * 1000 + MARGIN)
  const sessions = ended
    .filter(({ credential: { kind } }) => moment.kinds.of(kind).entry === 'sid')
    .map(({ credential: { id } }) => id)
  const effect: Effect = {
    what: 'era',
    account: account.id,
    status,
    reason: statusReason,
    next,
    sessions,
    // The effect can't be found by its account, so it contains no text about a person
    erasure: erasure && { ...erasure, former_reason: null },
  }
  const beside = await entriesBeside(moment, tokens, sessions)
  await moment.revoke([
    { kind: 'era', id: account.era ?? newTokenId(), code, until, effect },
    ...beside.map((hit) => ({ ...hit, code, until })),
  ])
  return countsOf(moment.kinds, ended)
}

interface Hit {
  readonly kind: 'sid' | 'jti'
  readonly id: string
}

/**
 * Entries for tokens that carry no era, as the first version issued them. While its guards may
 * still follow the feed, they get an entry for every ended session.
 */
async function entriesBeside(
  { db, now }: RevokingMoment,
  tokens: readonly TokenRow[],
  sessions: readonly string[],
): Promise<readonly Hit[]> {
  const without = tokens
    .map(({ jti, claims }) => ({ jti, ...(JSON.parse(claims) as Carried) }))
    .filter(({ era }) => era === undefined)
    .map(({ jti, sid }) => hitOf(sid, jti))
  const former = Number((await findFact(db, FORMER_UNTIL)) ?? 0)
  const all = now < former ? sessions.map((id): Hit => ({ kind: 'sid', id })) : []
  return [...new Map([...without, ...all].map((hit) => [hit.id, hit])).values()]
}

interface Carried {
  readonly era?: string
  readonly sid?: string
}

/** The fact, written by migration 008, until when processes of the first version may run. */
const FORMER_UNTIL = 'former version until'

function hitOf(session: string | undefined, jti: string): Hit {
  return session === undefined ? { kind: 'jti', id: jti } : { kind: 'sid', id: session }
}
