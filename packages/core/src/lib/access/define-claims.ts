/** The part of Standard Schema (version 1) that a claim needs: any validator library has it. */
export interface StandardSchema<T = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>
    readonly types?: { readonly input: unknown; readonly output: T } | undefined
  }
}

/** The result of a Standard Schema's `validate`: the value, or the issues that it found. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** Who may read a claim: with `page` also scripts in the browser, with `server` only guards and handlers. */
export type Visibility = 'page' | 'server'

/** The declaration of one claim: who may read it, and the schema of its values. */
export interface Claim<V extends Visibility = Visibility, S = StandardSchema> {
  readonly visibility: V
  readonly schema: S
}

/** Application claims by name. */
export type ClaimsModule = Readonly<Record<string, Claim>>

type Output<S> = S extends {
  readonly '~standard': { readonly types?: { readonly output: infer T } | undefined }
}
  ? T
  : never

type ValueOf<T> = T extends Claim<Visibility, infer S> ? Output<S> : never

type OptionalNames<C> = {
  [K in keyof C]: undefined extends ValueOf<C[K]> ? K : never
}[keyof C]

/** The values that `claimsFor` gives for a claims module. */
export type ClaimValues<C> = {
  readonly [K in Exclude<keyof C, OptionalNames<C>>]: ValueOf<C[K]>
} & { readonly [K in OptionalNames<C>]?: ValueOf<C[K]> }

/** The values of those claims that a page may read. */
export type PageClaimValues<C> = ClaimValues<{
  readonly [K in keyof C as C[K] extends Claim<'page', unknown> ? K : never]: C[K]
}>

/** A deeply read-only value, so that literals fit it. */
type Frozen<T> = T extends (...given: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

declare const literals: unique symbol

/** No value has this type. As a possible result it makes the compiler infer literal types. */
type AsWritten<V> = V & { readonly [literals]: never }

/**
 * Returns the claims of an account, or a promise of them. `V` is inferred as `const`, so that
 * `{ plan: 'pro' }` fits an enum without a type annotation.
 */
export type ClaimsFor<C, V, Account> =
  | ((account: Account) => Frozen<ClaimValues<C>> | Promise<Frozen<ClaimValues<C>>>)
  | ((account: Account) => AsWritten<V> | Promise<AsWritten<V>>)

/** Declares a claim: `claim.page` for pages and servers, `claim.server` for servers only. */
export const claim: {
  readonly page: <S extends StandardSchema>(schema: S) => Claim<'page', S>
  readonly server: <S extends StandardSchema>(schema: S) => Claim<'server', S>
} = {
  page: (schema) => ({ visibility: 'page', schema }),
  server: (schema) => ({ visibility: 'server', schema }),
}

/** Names that the token itself or JavaScript's objects use. */
const reserved = new Set(
  'iss sub aud exp nbf iat jti sid era client_id scope auth_time amr acr azp session_exp xsrf act may_act cnf __proto__ constructor prototype'.split(
    ' ',
  ),
)

/**
 * Declares the application's claims.
 * @throws TypeError that names a claim whose name is reserved or malformed.
 */
export function defineClaims<const C extends ClaimsModule>(claims: C): C {
  for (const [name, { visibility, schema }] of Object.entries(claims)) {
    if (reserved.has(name)) fail(`'${name}' is reserved: choose another name`)
    if (!/^[A-Za-z][\w.:/-]{0,99}$/.test(name)) fail(`'${name}' is not a claim name`)
    if (visibility !== 'page' && visibility !== 'server') {
      fail(`'${name}' must be made by claim.page or claim.server`)
    }
    if (!isSchema(schema))
      fail(`'${name}' needs a schema that follows Standard Schema, as Zod's do`)
  }
  return Object.freeze(claims)
}

function isSchema(schema: unknown): boolean {
  const { '~standard': standard } = (schema ?? {}) as Partial<StandardSchema>
  return typeof standard?.validate === 'function'
}

function fail(sentence: string): never {
  throw new TypeError(`defineClaims: ${sentence}.`)
}
