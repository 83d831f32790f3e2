import { checkClaims } from '@keyhaven/core'
import type { ApiKeyParts } from '@keyhaven/core'
import { errorMessage } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import { parseNetwork } from '../addresses/address.ts'
import type { AskedKey, GuardSources, KeySource } from '../checks/decision.ts'
import { createMark } from '../checks/keyed-hash.ts'
import { createBudget } from './budget.ts'
import { factsOf } from './key-facts.ts'
import type { KnownKeys } from './known-keys.ts'
import type { RefusedKeys } from './refused-keys.ts'

/** The code to refuse a request with. */
export interface KeyRefusal {
  readonly code: ErrorCode
  readonly details: ErrorDetails
}

/** The tables that answers go to. */
export interface KeyTables {
  readonly known: KnownKeys
  readonly refused: RefusedKeys
  /** Counts of questions since the start. */
  readonly counts: { asked: number; failed: number }
}

/** Questions in a second about keys that the guard does not know. One whose answer is a good key does not count. */
const unknownKeys = { most: 60, ofOne: 20 }

/** The same about keys that it knows, so that a service that fails is not asked at each request. */
const knownKeys = { most: 200, ofOne: 200 }

/** Creates the questions of one guard: parallel requests with a key share one. They never reject. */
export function createQuestions(
  sources: Pick<GuardSources, 'issuer' | 'audience' | 'now'>,
  source: KeySource,
  { known, refused, counts }: KeyTables,
): (key: AskedKey) => Promise<KeyRefusal | undefined> {
  const { issuer, audience } = sources
  const markOf = createMark()
  const asking = new Map<number, Promise<KeyRefusal | undefined>>()
  const ofUnknown = createBudget(unknownKeys)
  const ofKnown = createBudget(knownKeys)

  /** Asks, and puts the answer into its table. Returns whether the key is good. */
  const learn = async (key: ApiKeyParts, text: string): Promise<boolean> => {
    const facts = factsOf(key, await source.introspect(key))
    const checked = facts.ok
      ? checkClaims(facts.claims, '', { issuer, audience, now: sources.now() })
      : facts
    if (facts.ok && checked.ok) {
      const networks = facts.addresses?.map(parseNetwork)
      known.keep(text, { claims: checked.claims, networks })
      return true
    }
    known.drop(text)
    if (!checked.ok) refused.add(text, checked.code)
    return false
  }
  const ask = async (key: AskedKey, text: string): Promise<KeyRefusal | undefined> => {
    const budget = known.find(text) === undefined ? ofUnknown : ofKnown
    const giveBack = budget.take(key.network)
    if (giveBack === undefined) return tooMany
    counts.asked += 1
    try {
      if (await learn(key, text)) giveBack()
      return undefined
    } catch (error) {
      counts.failed += 1
      return { code: 'unavailable', details: { reason: errorMessage(error), retryAfter: 1 } }
    }
  }
  return (key) => {
    const text = `${key.id}_${key.secret}`
    const mark = markOf(text)
    const running = asking.get(mark)
    if (running !== undefined) return running
    const doing = ask(key, text).finally(() => asking.delete(mark))
    asking.set(mark, doing)
    return doing
  }
}

const tooMany: KeyRefusal = {
  code: 'overloaded',
  details: { reason: 'too many unknown API keys', retryAfter: 1 },
}
