import { allows } from './allows.ts'
import type { ReservedScope } from './reserved.ts'

/** Who asks: what a rule may look at. */
export interface Who {
  /** `account.id`, the form that applications store. */
  readonly id: string
  readonly scope: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
}

type Wildcard<S extends string> = S extends `${infer Head}:${infer Rest}`
  ? `${Head}:*` | (Rest extends `${string}:${string}` ? `${Head}:${Wildcard<Rest>}` : never)
  : never

/** What a role may list: a scope, a scope that ends in `*`, `*` alone, or a reserved scope. */
export type Grant<S extends string> = S | Wildcard<S> | '*' | ReservedScope

/** A checked access module. `N` maps each scope that has a rule to the type of its resource. */
export interface Access<S extends string, R extends string, N> {
  readonly scopes: readonly S[]
  readonly roles: Readonly<Record<R, readonly string[]>>
  readonly defaultRoles: readonly R[]
  readonly rules: { readonly [K in keyof N]: (who: Who, resource: N[K]) => boolean }
}

/** Any access module, where its names don't matter. */
export interface AnyAccess {
  readonly scopes: readonly string[]
  readonly roles: Readonly<Record<string, readonly string[]>>
  readonly defaultRoles: readonly string[]
  readonly rules: Readonly<Record<string, (who: Who, resource: never) => boolean>>
}

/** The scopes that a route or a button may ask for, Keyhaven's own included. */
export type ScopeOf<A> = A extends { readonly scopes: readonly (infer S extends string)[] }
  ? S | (string extends S ? never : ReservedScope)
  : never

type RulesOf<A> = A extends { readonly rules: infer R } ? R : never

/** The resource that a scope must be asked about: `[]` where it has no rule. */
export type ResourceArguments<A, K> = K extends keyof RulesOf<A>
  ? string extends keyof RulesOf<A>
    ? [resource?: unknown]
    : RulesOf<A>[K] extends (who: Who, resource: infer T) => boolean
      ? [resource: T]
      : []
  : []

/** Scopes that must be asked about a resource. */
export type ScopeWithRule<A> = Extract<ScopeOf<A>, keyof RulesOf<A>>

/** Scopes that are answered by the grant alone. */
export type ScopeWithoutRule<A> =
  string extends ScopeOf<A> ? string : Exclude<ScopeOf<A>, keyof RulesOf<A>>

/**
 * Declares scopes, roles and rules. Misspelt names don't compile; from plain JavaScript they throw
 * a `TypeError` at start that names them.
 */
export function defineAccess<
  const S extends string,
  R extends string,
  N = Record<never, never>,
>(module: {
  readonly scopes: readonly S[]
  readonly roles: Readonly<Record<R, readonly Grant<NoInfer<S>>[]>>
  readonly defaultRoles?: readonly NoInfer<R>[]
  readonly rules?: {
    readonly [K in keyof N]: K extends S
      ? (who: Who, resource: N[K]) => boolean
      : 'this is not a declared scope'
  }
}): Access<S, R, N> {
  const { scopes, roles, defaultRoles = [], rules = {} } = module
  for (const scope of scopes) checkScope(scope)
  for (const [role, grants] of Object.entries<readonly string[]>(roles)) {
    for (const grant of grants) checkGrant(role, grant, scopes)
  }
  for (const role of defaultRoles) {
    if (!Object.hasOwn(roles, role)) fail(`defaultRoles names '${role}', which is not in roles`)
  }
  for (const scope of Object.keys(rules)) {
    if (!scopes.includes(scope as S)) fail(`rules names '${scope}', which is not in scopes`)
  }
  return Object.freeze({ scopes, roles, defaultRoles, rules: rules as Access<S, R, N>['rules'] })
}

/** RFC 6749 §3.3 characters, parts separated by colons, no wildcard, not ours. */
function checkScope(scope: string): void {
  if (!/^[\w.-]+(?::[\w.-]+)*$/.test(scope)) {
    fail(`'${scope}' is not a scope: write resource:action with letters, digits, . _ - and colons`)
  }
  if (scope.startsWith('keyhaven:')) fail(`'${scope}' is reserved: choose another first part`)
}

function checkGrant(role: string, grant: string, scopes: readonly string[]): void {
  if (grant === '*' || grant.startsWith('keyhaven:')) return
  if (!scopes.some((scope) => allows([grant], scope))) {
    fail(`role '${role}' grants '${grant}', which covers no declared scope`)
  }
}

function fail(sentence: string): never {
  throw new TypeError(`defineAccess: ${sentence}.`)
}
