/**
 * For `@keyhaven/server` of the same version, and for this repository's tests and benchmarks. Nothing here is
 * promised: a name may change or disappear in any version. Your API needs the other entry points only.
 */

// The reader of credentials: the service and every guard read a request by the same code
export { cookieNames, isLoopback, readCookie } from './lib/checks/cookies.ts'
export {
  cookieValues,
  hasAuthorization,
  readCookies,
  readCredential,
} from './lib/checks/credential.ts'
export type { Credential } from './lib/checks/credential.ts'
export { checkOrigin, isBearerOrigin, isOwnVisit, namesSender } from './lib/checks/origin.ts'
export type { OriginPolicy } from './lib/checks/origin.ts'
export { clientChallenge, refusalHeaders } from './lib/checks/refusal.ts'
export { guardRequest, isBackground, isSafe, repetition } from './lib/checks/request.ts'
export type { HeaderName, NodeHeaders } from './lib/checks/request.ts'
export { asCookie, bestToken, createTokenCheck } from './lib/checks/token.ts'
export type { TokenCounts, TokenResult } from './lib/checks/token-result.ts'
export { checkXsrf, xsrfHeader } from './lib/checks/xsrf.ts'

// Addresses of clients, and of the proxies before them
export {
  isWithin,
  networkOf,
  parseAddress,
  parseNetwork,
  UNKNOWN,
} from './lib/addresses/address.ts'
export type { Address, Network } from './lib/addresses/address.ts'
export { keyRemedies } from './lib/api-keys/remedies.ts'
export { createClientAddress } from './lib/addresses/client-address.ts'
export { clientBehind, isProxyOf } from './lib/addresses/forwarded.ts'
export type { ForwardedHeaders } from './lib/addresses/forwarded.ts'

// A guard in the service's process
export { guardOver } from './lib/create-guard.ts'
export type {
  KeySource,
  KnownSources,
  SessionSource,
  SettledSession,
  TicketSource,
} from './lib/checks/decision.ts'
export { createRevocations } from './lib/checks/revocations.ts'
export type { Revocations } from './lib/checks/revocations.ts'

// Its answers to other origins, and its log
export { corsHeaders, isPreflight } from './lib/adapters/cors.ts'
export { loggedHeader, loggedPath, refusedRequest } from './lib/adapters/refused-request.ts'
export { printable } from './lib/adapters/printable.ts'
export { createSample } from './lib/adapters/sample.ts'

// The parts of a guard that follows a feed, for the simulation
export { createGuardChecks } from './lib/checks/guard.ts'
export { keepCopy } from './lib/feed/copy.ts'
export type { KeptCopy } from './lib/feed/copy.ts'
export { createDropTime } from './lib/feed/drop-time.ts'
export type { FeedRuntime, ResponseHandlers } from './lib/feed/runtime.ts'
export { createSignals } from './lib/feed/signals.ts'
