import { checkAccess } from './check-access.ts'
import type { BuiltInRole, ReservedScope } from './reserved.ts'

/** The caller, as a rule sees them. */
export interface Subject {
  /** `account.id`, the form that applications store. */
  readonly id: string
  readonly scope: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
}

type Wildcard<S extends string> = S extends `${infer Head}:${infer Rest}`
  ? `${Head}:*` | (Rest extends `${string}:${string}` ? `${Head}:${Wildcard<Rest>}` : never)
  : never

/** An item of a role's list: a scope, a scope that ends in `*`, just `*`, or a reserved scope. */
export type Grant<S extends string> = S | Wildcard<S> | '*' | ReservedScope

/** A role with all scopes of a built-in role, and these. */
export interface ExtendedRole<G extends string = string, B extends BuiltInRole = BuiltInRole> {
  readonly extends: B
  readonly scopes: readonly G[]
}

/** The declaration of a role: a list of grants, or a built-in role with more scopes. */
export type Role = readonly string[] | ExtendedRole

/** A checked access module. `N` maps each scope that has a rule to the type of its resource. */
export interface Access<S extends string, R extends string, N> {
  readonly scopes: readonly S[]
  readonly roles: Readonly<Record<R, Role>>
  readonly defaultRoles: readonly R[]
  readonly rules: { readonly [K in keyof N]: (who: Subject, resource: N[K]) => boolean }
}

/** Any access module, for code that does not depend on its names. */
export interface AnyAccess {
  readonly scopes: readonly string[]
  readonly roles: Readonly<Record<string, Role>>
  readonly defaultRoles: readonly string[]
  readonly rules: Readonly<Record<string, (who: Subject, resource: never) => boolean>>
}

/** The scopes that a route or a button may require, Keyhaven's own included. */
export type ScopeOf<A> = A extends { readonly scopes: readonly (infer S extends string)[] }
  ? S | (string extends S ? never : ReservedScope)
  : never

type RulesOf<A> = A extends { readonly rules: infer R } ? R : never

/** The resource that a scope's rule is called with; `[]` if the scope has no rule. */
export type ResourceArguments<A, K> = K extends keyof RulesOf<A>
  ? string extends keyof RulesOf<A>
    ? [resource?: unknown]
    : RulesOf<A>[K] extends (who: Subject, resource: infer T) => boolean
      ? [resource: T]
      : []
  : []

/** Scopes with a rule: a check of one needs a resource. */
export type ScopeWithRule<A> = Extract<ScopeOf<A>, keyof RulesOf<A>>

/** Scopes without a rule: only the grant decides. */
export type ScopeWithoutRule<A> =
  string extends ScopeOf<A> ? string : Exclude<ScopeOf<A>, keyof RulesOf<A>>

/**
 * Declares scopes, roles and rules. Misspelt names don't compile. `admin` and `support` are Keyhaven's
 * own roles: only `{ extends: 'support', scopes: […] }` adds scopes to one, on purpose.
 * @throws TypeError in plain JavaScript, with a sentence that names the wrong scope or role.
 */
export function defineAccess<
  const S extends string,
  R extends string,
  N = Record<never, never>,
>(module: {
  readonly scopes: readonly S[]
  readonly roles: {
    readonly [K in R]: K extends BuiltInRole
      ? ExtendedRole<Grant<NoInfer<S>>, K>
      : readonly Grant<NoInfer<S>>[] | ExtendedRole<Grant<NoInfer<S>>>
  }
  readonly defaultRoles?: readonly NoInfer<R>[]
  readonly rules?: {
    readonly [K in keyof N]: K extends S
      ? (who: Subject, resource: N[K]) => boolean
      : 'this is not a declared scope'
  }
}): Access<S, R, N> {
  checkAccess(module)
  const { scopes, roles, defaultRoles = [], rules = {} } = module
  return Object.freeze({
    scopes,
    roles: roles as Access<S, R, N>['roles'],
    defaultRoles,
    rules: rules as Access<S, R, N>['rules'],
  })
}
