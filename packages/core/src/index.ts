/** Issues and checks access tokens, and makes the keys for both. Synchronous, on `node:crypto`. */
export { KeyhavenError } from './errors.ts'
export { checkedSecret, readApiKey } from './lib/token/api-key.ts'
export type { ApiKeyParts } from './lib/token/api-key.ts'
export { checkAccessToken } from './lib/token/check-access-token.ts'
export { checkClaims, checkTimes, LEEWAY } from './lib/token/check-claims.ts'
export type { CheckedToken, TokenExpectations } from './lib/token/checked-token.ts'
export type { Jwk } from './lib/token/import-key.ts'
export { isFresh } from './lib/token/is-fresh.ts'
export { issueAccessToken } from './lib/token/issue-access-token.ts'
export { createKeySet } from './lib/token/key-set.ts'
export type { KeySet, VerificationKey } from './lib/token/key-set.ts'
export {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  publicJwks,
} from './lib/token/signing-key.ts'
export type { SigningAlgorithm, SigningKey } from './lib/token/signing-key.ts'
export { parseStrictObject } from './lib/token/strict-json.ts'
export type { StrictJson } from './lib/token/strict-json.ts'
export { verifyAccessToken } from './lib/token/verify-access-token.ts'
export type { VerifyOptions } from './lib/token/verify-access-token.ts'
export { verifyJws } from './lib/token/verify-jws.ts'
export type { VerifiedJws } from './lib/token/verify-jws.ts'
