import type { AnyAccess } from '@keyhaven/core/access'
import { safeLog, toStandardError } from './adapters/log-failure.ts'
import { createRefusalNotes } from './adapters/refusal-notes.ts'
import type { NoteRefused } from './adapters/refusal-notes.ts'
import type { RefusedRequest } from './adapters/refused-request.ts'
import { createClientAddress } from './addresses/client-address.ts'
import { createIntrospection } from './api-keys/introspection.ts'
import { assembleGuard } from './assemble-guard.ts'
import { noAccess } from './auth-object.ts'
import { isLoopback } from './checks/cookies.ts'
import type { GuardSources } from './checks/decision.ts'
import { keepCopy } from './feed/copy.ts'
import { checkGuardOptions } from './guard-options.ts'
import type { Guard } from './guard.ts'
import { createIssuer } from './issuer/issuer.ts'
import { unlistedScopes } from './issuer/unlisted-scopes.ts'
import { createRedemption } from './tickets/redemption.ts'

/** A page whose dev server forwards its calls has an origin of this machine, on a port of its own. */
const orForwarded =
  '; in development also pages on any port of this machine whose dev server forwards their calls'

/** The options of `createGuard`. */
export interface GuardOptions<A extends AnyAccess = AnyAccess> {
  /** The service's public URL, exact. */
  readonly issuer: string
  readonly access?: A
  /** A value that a token's `aud` must contain; the origin of the issuer if left out. */
  readonly audience?: string
  /** The issuer's address inside your network, if this process can't reach the public one. */
  readonly reach?: string
  /** The key that `keyhaven guards add NAME` printed: the service then pushes revocations to this process. */
  readonly feedKey?: string
  /** Seconds that the copy of the revocations may be old; the issuer's value if left out. */
  readonly maxStaleness?: number
  /** The answer when the copy is older: `'refuse'` is 503, `'allow'` goes on using the old copy. */
  readonly onStale?: 'refuse' | 'allow'
  /** `'off'`: a revoked token is valid until it expires. Required without a `feedKey`, loopback issuers excepted. */
  readonly revocations?: 'off'
  /**
   * Addresses and networks (CIDR) of the proxies in front of this process. Of them alone `X-Forwarded-For` counts,
   * for API keys that work from some addresses only.
   */
  readonly trustProxy?: readonly string[]
  /** Headers of your own answers that pages of allowed origins may read, as `['ETag']`. */
  readonly exposeHeaders?: readonly string[]
  /** Called for each refused request: for a log or metrics of your own. The guard logs a sample in any case. */
  readonly onRefused?: (refused: RefusedRequest) => void
  readonly log?: (line: string) => void
}

/**
 * Creates a guard in a process of its own, which needs to know only the issuer's URL.
 * @throws TypeError with a sentence for options that are malformed or contradict each other.
 */
export function createGuard<A extends AnyAccess = AnyAccess>(options: GuardOptions<A>): Guard<A> {
  const url = checkGuardOptions(options)
  const { issuer, reach = issuer } = options
  const log = safeLog(options.log ?? toStandardError)
  const development = isLoopback(url.hostname) && process.env['NODE_ENV'] !== 'production'
  const address = { issuer, reach: reach.replace(/\/$/, ''), development }
  const source = createIssuer(address, log)
  const copy = keepCopy(options, { reach: address.reach, source, log })
  const guard = assembleGuard<A>(
    {
      issuer,
      audience: [options.audience ?? url.origin],
      access: options.access ?? (noAccess as AnyAccess as A),
      known: source.known,
      mayRefetch: source.mayRefetch,
      revocations: copy.revocations,
      mayAnswer: copy.mayAnswer,
      onSnapshot: copy.onSnapshot,
      ...askedSources(options, { reach: address.reach, log }),
      exposeHeaders: options.exposeHeaders,
      now: copy.now,
      development,
    },
    {
      learn: source.learn,
      problem: source.problem,
      copy,
      log,
      refusals: createRefusalNotes(log, options.onRefused),
    },
  )
  void guard.ready().then(() => {
    const pages = `pages of ${source.known()?.origins.own.join(', ')} may call`
    log(development ? `${pages}${orForwarded}` : pages)
    log(copy.worstCase())
    const missing = unlistedScopes(options.access, source.scopes())
    if (missing !== undefined) log(missing)
  })
  return guard
}

/** What the service is asked about; nothing without a key for it. */
function askedSources(
  { feedKey, trustProxy = [] }: Pick<GuardOptions, 'feedKey' | 'trustProxy'>,
  { reach, log }: { readonly reach: string; readonly log: (line: string) => void },
): Pick<GuardSources, 'apiKeys' | 'tickets'> {
  if (feedKey === undefined) return {}
  const addressOf = createClientAddress(trustProxy)
  return {
    apiKeys: { introspect: createIntrospection({ reach, feedKey }, log), addressOf },
    tickets: { redeem: createRedemption({ reach, feedKey }, log), addressOf },
  }
}

/**
 * Creates a guard over sources in this process, as the service does for its own API.
 * @param noteRefused is called for each refused request; if left out, the guard logs a sample of them.
 */
export function guardOver<A extends AnyAccess>(
  sources: GuardSources<A>,
  given: (line: string) => void = toStandardError,
  noteRefused?: NoteRefused,
): Guard<A> {
  const log = safeLog(given)
  const refusals = noteRefused
    ? { note: noteRefused, close: () => {} }
    : createRefusalNotes(log, undefined)
  return assembleGuard(sources, {
    learn: async () => {},
    problem: () => undefined,
    copy: undefined,
    log,
    refusals,
  })
}
