/** The check in front of a REST API. Frameworks have entry points of their own: `./express`, `./node`. */
export type { Auth } from './lib/auth-object.ts'
export { cookieNames, isLoopback, readCookie } from './lib/checks/cookies.ts'
export { corsHeaders, isPreflight } from './lib/adapters/cors.ts'
export type { AnswerHeaders } from './lib/adapters/cors.ts'
export { createGuard, guardOver } from './lib/create-guard.ts'
export type { GuardOptions } from './lib/create-guard.ts'
export type { Guard, Settled } from './lib/guard.ts'
export { bearerOf } from './lib/checks/credential.ts'
export type {
  Decision,
  GuardSources,
  KnownSources,
  SessionSource,
  SettledSession,
} from './lib/checks/decision.ts'
export { createGate } from './lib/adapters/gate.ts'
export type { Admission, Gate, GateOptions } from './lib/adapters/gate.ts'
export type { GuardState } from './lib/guard-state.ts'
export { checkOrigin } from './lib/checks/origin.ts'
export type { OriginCheck, OriginPolicy } from './lib/checks/origin.ts'
export type { Refusal } from './lib/checks/refusal.ts'
export type { NoteRefused } from './lib/adapters/refusal-notes.ts'
export { loggedHeader, loggedPath, refusedRequest } from './lib/adapters/refused-request.ts'
export type { RefusedRequest } from './lib/adapters/refused-request.ts'
export { createSample } from './lib/adapters/sample.ts'
export type { Sample } from './lib/adapters/sample.ts'
export { refusalOf } from './lib/checks/scope.ts'
export { guardRequest, isSafe, repeatedHeader } from './lib/checks/request.ts'
export type { GuardRequest, NodeHeaders } from './lib/checks/request.ts'
export { createRevocations } from './lib/checks/revocations.ts'
export type { RevocationCode, RevocationEntry, Revocations } from './lib/checks/revocations.ts'
export { createTokenCheck, noTokenCounts } from './lib/checks/token.ts'
export type { TokenCounts, TokenResult } from './lib/checks/token-result.ts'
export type { TokenCheck, TokenSources } from './lib/checks/token.ts'
export { checkXsrf } from './lib/checks/xsrf.ts'
