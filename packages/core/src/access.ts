/** Access rules: who may do what, in one module that page and API share. Pure functions without dependencies. */
export { allows } from './lib/access/allows.ts'
export { checkAccess } from './lib/access/check-access.ts'
export { defineAccess } from './lib/access/define-access.ts'
export type {
  Access,
  AnyAccess,
  ExtendedRole,
  Grant,
  ResourceArguments,
  Role,
  ScopeOf,
  ScopeWithoutRule,
  ScopeWithRule,
  Subject,
} from './lib/access/define-access.ts'
export { claim, defineClaims } from './lib/access/define-claims.ts'
export type {
  Claim,
  ClaimsFor,
  ClaimsModule,
  ClaimValues,
  PageClaimValues,
  StandardResult,
  StandardSchema,
  Visibility,
} from './lib/access/define-claims.ts'
export { may } from './lib/access/may.ts'
export { builtInRoles, reservedScopes } from './lib/access/reserved.ts'
export type { BuiltInRole, ReservedScope } from './lib/access/reserved.ts'
export { knownRole, scopesOf } from './lib/access/scopes-of.ts'
