/** The check in front of a REST API. Frameworks have doors of their own: `./express`, `./node`. */
export type { Auth } from './lib/auth.ts'
export { cookieNames, isLoopback, readCookie } from './lib/cookies.ts'
export { corsHeaders, isPreflight } from './lib/cors.ts'
export type { AnswerHeaders } from './lib/cors.ts'
export { createGuard, guardOver } from './lib/create-guard.ts'
export type { Guard, GuardOptions, Settled } from './lib/create-guard.ts'
export { bearerOf } from './lib/credential.ts'
export type {
  Decision,
  GuardSources,
  KnownSources,
  SessionSource,
  SettledSession,
} from './lib/decision.ts'
export { createGate } from './lib/gate.ts'
export type { Admission, Gate, GateOptions } from './lib/gate.ts'
export type { GuardState } from './lib/guard-state.ts'
export { checkOrigin } from './lib/origin.ts'
export type { OriginCheck, OriginPolicy } from './lib/origin.ts'
export type { Refusal } from './lib/refusal.ts'
export type { NoteRefused } from './lib/refusal-notes.ts'
export { loggedHeader, loggedPath, refusedRequest } from './lib/refused-request.ts'
export type { RefusedRequest } from './lib/refused-request.ts'
export { createSample } from './lib/sample.ts'
export type { Sample } from './lib/sample.ts'
export { refusalOf } from './lib/require.ts'
export { guardRequest, isSafe, repeatedHeader } from './lib/request.ts'
export type { GuardRequest, NodeHeaders } from './lib/request.ts'
export { createRevocations } from './lib/revocations.ts'
export type { RevocationCode, RevocationEntry, Revocations } from './lib/revocations.ts'
export { createTokenCheck, noTokenCounts } from './lib/token.ts'
export type { TokenCounts, TokenResult } from './lib/token-result.ts'
export type { TokenCheck, TokenSources } from './lib/token.ts'
export { checkXsrf } from './lib/xsrf.ts'
