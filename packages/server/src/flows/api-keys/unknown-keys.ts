import type { ErrorCode } from '@keyhaven/core/errors'
import { networkOf } from '@keyhaven/guard/kit'
import { CROWD, keyRules, rateLimited } from '../../config/limits.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'

/** A key as it was sent, and from where. */
export interface SentKey {
  readonly id: string
  readonly secret: string
  /** The client's address, if the host provided one; or the guard that asks. */
  readonly from: string | undefined | { readonly guard: string }
}

/** What a key opens, or the code that explains why it opens nothing. */
type Found<T> = (T & { readonly ok: true }) | { readonly ok: false; readonly code: ErrorCode }

/**
 * Limits what keys of users and machines cost that do not exist. The checksum of a random key is easy to compute, so it does not
 * keep them from the database.
 */
export interface UnknownKeys {
  /**
   * Looks a key up with `read`, unless it is known not to exist.
   * @throws KeyhavenError `rate_limited` if the key is not known and its network has sent too many that did not exist.
   */
  guard<T>(key: SentKey, read: () => Promise<Found<T>>): Promise<Found<T>>
}

/** Hashes of keys that are remembered, of each sort; and networks that are counted at a time. */
const MOST = 10_000

/** Milliseconds; both rules have the same, so that the oldest span ends first. */
const PERIOD = keyRules.unknownKeys.duration * 1000

interface Span {
  misses: number
  readonly ends: number
}

/** `now` is a monotonic clock in milliseconds. */
export function createUnknownKeys(now = () => performance.now()): UnknownKeys {
  const known = createRecent()
  const missed = createRecent()
  const spans = new Map<string, Span>()
  const countedAt = (from: SentKey['from']): Span => {
    const { name, most } = subjectOf(from)
    const at = now()
    const span = spans.get(name)
    if (span !== undefined && span.ends > at) {
      if (span.misses >= most) {
        throw rateLimited(Math.ceil((span.ends - at) / 1000), 'There were too many unknown keys.')
      }
      span.misses += 1
      return span
    }
    spans.delete(name)
    // The oldest end first
    for (const [other, { ends }] of spans) {
      if (ends > at && spans.size < MOST) break
      spans.delete(other)
    }
    const begun = { misses: 1, ends: at + PERIOD }
    spans.set(name, begun)
    return begun
  }
  return {
    guard: async ({ id, secret, from }, read) => {
      const hash = sha256(`${id} ${secret}`)
      if (missed.has(hash)) return { ok: false, code: 'token_invalid' }
      // Counted before the read, so that parallel guesses are counted too
      const span = known.has(hash) ? undefined : countedAt(from)
      const found = await read().catch((error: unknown) => {
        if (span !== undefined) span.misses -= 1
        throw error
      })
      if (!found.ok && found.code === 'token_invalid') {
        missed.add(hash)
      } else {
        known.add(hash)
        if (span !== undefined) span.misses -= 1
      }
      return found
    },
  }
}

function subjectOf(from: SentKey['from']): { readonly name: string; readonly most: number } {
  if (typeof from === 'object') {
    return { name: from.guard, most: keyRules.introspectedKeys.points }
  }
  const { points } = keyRules.unknownKeys
  return from === undefined
    ? { name: '', most: points * CROWD }
    : { name: networkOf(from), most: points }
}

/** Texts, of which the one that was used longest ago is dropped. */
function createRecent(): { has(text: string): boolean; add(text: string): void } {
  const texts = new Set<string>()
  const add = (text: string): void => {
    texts.delete(text)
    texts.add(text)
    const [oldest] = texts
    if (texts.size > MOST && oldest !== undefined) texts.delete(oldest)
  }
  return {
    has: (text) => {
      if (!texts.has(text)) return false
      add(text)
      return true
    },
    add,
  }
}
