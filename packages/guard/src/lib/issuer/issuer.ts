import { errorMessage } from '@keyhaven/core/errors'
import { createKeySet } from '@keyhaven/core'
import type { KeySet } from '@keyhaven/core'
import { JWKS_PATH, METADATA_PATH } from '@keyhaven/core/wire'
import type { KnownSources } from '../checks/decision.ts'
import { fetchJson } from './fetch-json.ts'

/** Milliseconds after which the key set is fetched again, and between two looks for one unknown key. */
const FRESH_FOR = 60_000

/** Milliseconds between two looks for any unknown key: made-up ones can't hide a new one for long. */
const LOOKS_APART = 5000

/** Unknown keys that are remembered. */
const MOST_UNKNOWN = 100

/** Milliseconds between two tries while the issuer is away. */
const RETRY_AFTER = 1000

/** What a guard learns from its issuer, and when it last did. */
export interface Issuer {
  readonly known: () => KnownSources | undefined
  /** Whether an unknown key is worth a look now: one in 5 s, and for the same key one a minute. */
  readonly mayRefetch: (kid: string) => boolean
  /** Fetches metadata and keys; parallel callers share one fetch. Never throws. */
  readonly learn: () => Promise<void>
  /** Why the last fetch failed; `undefined` after a good one. */
  readonly problem: () => string | undefined
  /** Seconds that an access token lives, where the issuer tells. */
  readonly accessTtl: () => number | undefined
  /** Seconds that a copy of the revocations may be old, where the issuer tells. */
  readonly maxStaleness: () => number | undefined
  /** The application's scopes that the issuer gives, where it tells. */
  readonly scopes: () => readonly string[] | undefined
  /** Replaces the whole key set: from now on the feed tells of keys. */
  readonly takeKeys: (keys: readonly unknown[]) => void
}

export interface IssuerAddress {
  /** The public URL: what tokens name. */
  readonly issuer: string
  /** Where to reach it from here. */
  readonly reach: string
  readonly development: boolean
}

export function createIssuer(
  { issuer, reach, development }: IssuerAddress,
  log: (line: string) => void,
): Issuer {
  let facts: Omit<KnownSources, 'keys'> | undefined
  let known: KnownSources | undefined
  let keysText: string | undefined
  let accessTtl: number | undefined
  let maxStaleness: number | undefined
  let scopes: readonly string[] | undefined
  let problem: string | undefined
  let lastTry = -Infinity
  let lastLook = -Infinity
  const looked = new Map<string, number>()
  let running: Promise<void> | undefined
  let keySet: KeySet | undefined
  /** The feed’s keys, once it told of any; then the published set is asked for unknown ones alone. */
  let fed: readonly unknown[] | undefined
  let wanted = false

  const hold = (keys: readonly unknown[]): void => {
    const text = JSON.stringify(keys)
    // The same keys stay the same set: tokens that were checked with it stay checked
    if (keySet === undefined || text !== keysText) keySet = createKeySet({ keys })
    keysText = text
    if (facts !== undefined) known = { ...facts, keys: keySet }
  }
  const fetchAll = async (): Promise<void> => {
    const metadata = await fetchJson(reach + METADATA_PATH)
    if (metadata['issuer'] !== issuer) {
      throw new Error(`${reach} says that it is ${String(metadata['issuer'])}, not ${issuer}`)
    }
    facts = {
      cookies: cookiesOf(metadata['keyhaven_cookie']),
      origins: { own: originsOf(issuer, metadata['keyhaven_origins']), development },
    }
    accessTtl = numberOf(metadata['keyhaven_access_ttl'])
    maxStaleness = numberOf(metadata['keyhaven_max_staleness'])
    scopes = textsOf(metadata['scopes_supported'])
    if (fed !== undefined && !wanted) return hold(fed)
    wanted = false
    const { keys } = await fetchJson(reach + JWKS_PATH)
    if (!Array.isArray(keys)) throw new Error(`${reach}${JWKS_PATH} holds no keys`)
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
      if (sentence !== problem) log(`can’t learn keys from ${reach}: ${sentence}; trying again`)
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
      // A look that is on its way serves all who wait for it
      if (running !== undefined) return true
      const now = performance.now()
      if (now - lastLook < LOOKS_APART || now - (looked.get(kid) ?? -Infinity) < FRESH_FOR) {
        return false
      }
      lastLook = now
      if (looked.size >= MOST_UNKNOWN) looked.clear()
      looked.set(kid, now)
      wanted = true
      return true
    },
    learn: start,
    problem: () => problem,
    accessTtl: () => accessTtl,
    maxStaleness: () => maxStaleness,
    scopes: () => scopes,
    takeKeys: (keys) => {
      fed = keys
      hold(keys)
    },
  }
}

function cookiesOf(value: unknown): KnownSources['cookies'] {
  const { access, session } = (value ?? {}) as Record<string, unknown>
  if (typeof access !== 'string' || typeof session !== 'string') {
    throw new Error('its metadata has no keyhaven_cookie: is it a Keyhaven service?')
  }
  return { access, session }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}

function kidOf(key: unknown): unknown {
  return (key as { readonly kid?: unknown } | null)?.kid
}

function originsOf(issuer: string, value: unknown): string[] {
  return [new URL(issuer).origin, ...(textsOf(value) ?? [])]
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}

/** What Node's fetch calls a bad port, as every browser does. */
const BAD_PORT = 'browsers and fetch block this port: move the service to another one'

function causeOf(error: unknown): string {
  const cause: unknown = (error as { readonly cause?: unknown } | null | undefined)?.cause
  const message = errorMessage(error)
  if (cause === undefined) return message
  const why = errorMessage(cause)
  return why === 'bad port' ? BAD_PORT : `${message} (${why})`
}
