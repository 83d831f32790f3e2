import { errorMessage } from '@keyhaven/core/errors'
import { createKeySet } from '@keyhaven/core'
import type { KeySet } from '@keyhaven/core'
import { JWKS_PATH, METADATA_PATH } from '@keyhaven/core/wire'
import type { KnownSources } from '../checks/decision.ts'
import { fetchJson } from './fetch-json.ts'
import { createKeyLooks } from './key-looks.ts'
import { metadataFacts } from './metadata-facts.ts'
import type { MetadataFacts } from './metadata-facts.ts'

/** Milliseconds after which the key set is fetched again. */
const FRESH_FOR = 60_000

/** Milliseconds between two tries while the issuer can't be reached. */
const RETRY_AFTER = 1000

/** A guard's knowledge of its issuer, kept current. */
export interface Issuer {
  readonly known: () => KnownSources | undefined
  /** Whether an unknown key is worth a fetch now: one in 5 s, and for the same key one a minute. */
  readonly mayRefetch: (kid: string) => boolean
  /** Fetches metadata and keys; parallel callers share one fetch. Never throws. */
  readonly learn: () => Promise<void>
  /** Why the last fetch failed; `undefined` after a good one. */
  readonly problem: () => string | undefined
  /** Seconds that an access token lives; `undefined` if the metadata has no such member. */
  readonly accessTtl: () => number | undefined
  /** Seconds that a copy of the revocations may be old; `undefined` if the metadata has no such member. */
  readonly maxStaleness: () => number | undefined
  /** The application's scopes that the issuer grants; `undefined` if the metadata has no such member. */
  readonly scopes: () => readonly string[] | undefined
  /** Replaces the whole key set: from now on the feed sends the keys. */
  readonly takeKeys: (keys: readonly unknown[]) => void
}

/** The URLs of an issuer, and whether hints for developers are wanted. */
export interface IssuerAddress {
  /** The public URL, as tokens name it. */
  readonly issuer: string
  /** The URL by which this process reaches it. */
  readonly reach: string
  readonly development: boolean
}

/** Creates the knowledge of an issuer. Nothing is fetched before the first call. */
export function createIssuer(
  { issuer, reach, development }: IssuerAddress,
  log: (line: string) => void,
): Issuer {
  let facts: MetadataFacts | undefined
  let known: KnownSources | undefined
  let keysText: string | undefined
  let problem: string | undefined
  let lastTry = -Infinity
  const mayLook = createKeyLooks()
  let running: Promise<void> | undefined
  let keySet: KeySet | undefined
  /** The keys that the feed sent; after that the published set is fetched only for unknown keys. */
  let fed: readonly unknown[] | undefined
  let wanted = false

  const hold = (keys: readonly unknown[]): void => {
    const text = JSON.stringify(keys)
    // Unchanged keys keep the same set object: tokens that were checked with it stay checked
    if (keySet === undefined || text !== keysText) keySet = createKeySet({ keys })
    keysText = text
    if (facts !== undefined) known = { ...facts.sources, keys: keySet }
  }
  const fetchAll = async (): Promise<void> => {
    const metadata = await fetchJson(reach + METADATA_PATH)
    if (metadata['issuer'] !== issuer) {
      const named = String(metadata['issuer'])
      throw new Error(`the metadata at ${reach} names the issuer ${named}, not ${issuer}`)
    }
    facts = metadataFacts(metadata, issuer, development)
    if (fed !== undefined && !wanted) return hold(fed)
    wanted = false
    const { keys } = await fetchJson(reach + JWKS_PATH)
    if (!Array.isArray(keys)) throw new Error(`${reach}${JWKS_PATH} contains no keys`)
    const sent = fed ?? []
    hold([...sent, ...keys.filter((key) => !sent.some((one) => kidOf(one) === kidOf(key)))])
  }
  const learn = async (): Promise<void> => {
    lastTry = performance.now()
    try {
      await fetchAll()
      if (problem !== undefined) log(`the issuer answers again: ${issuer}`)
      problem = undefined
    } catch (error) {
      const sentence = causeOf(error)
      if (sentence !== problem) log(`can’t fetch keys from ${reach}: ${sentence}; trying again`)
      problem = sentence
    } finally {
      running = undefined
    }
  }
  const start = (): Promise<void> => (running ??= learn())

  return {
    known: () => {
      const age = performance.now() - lastTry
      if (age > (problem === undefined ? FRESH_FOR : RETRY_AFTER)) void start()
      return known
    },
    mayRefetch: (kid) => {
      // All requests with an unknown key wait for a fetch that is running
      if (running !== undefined) return true
      if (!mayLook(kid)) return false
      wanted = true
      return true
    },
    learn: start,
    problem: () => problem,
    accessTtl: () => facts?.accessTtl,
    maxStaleness: () => facts?.maxStaleness,
    scopes: () => facts?.scopes,
    takeKeys: (keys) => {
      fed = keys
      hold(keys)
    },
  }
}

function kidOf(key: unknown): unknown {
  return (key as { readonly kid?: unknown } | null)?.kid
}

/** The message of Node's fetch for a port that every browser blocks too. */
const BAD_PORT = 'browsers and fetch block this port: move the service to another one'

function causeOf(error: unknown): string {
  const cause: unknown = (error as { readonly cause?: unknown } | null | undefined)?.cause
  const message = errorMessage(error)
  if (cause === undefined) return message
  const why = errorMessage(cause)
  return why === 'bad port' ? BAD_PORT : `${message} (${why})`
}
