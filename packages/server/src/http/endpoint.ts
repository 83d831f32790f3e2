import type { GuardRequest } from '@keyhaven/guard'
import type * as z from 'zod'
import type { Actor } from '../events/happened.ts'
import type { Stream } from '../feed/event-writer.ts'
import type { KnownGuard } from '../feed/guard-keys.ts'
import type { Context } from '../flows/context.ts'
import type { Shape } from './answers/shape.ts'
import type { AnyCaller, MachineCaller } from './callers/any-caller.ts'
import type { Caller } from './callers/caller.ts'
import type { KeyCaller } from './callers/key-caller.ts'
import type { ParameterName } from './bodies/parameters.ts'
import type { Site } from './site.ts'

/** What an endpoint gets: the checked body, the caller and the context. */
export interface Call<B = unknown, C = AnyCaller | KnownGuard | undefined> {
  readonly context: Context
  readonly site: Site
  readonly request: GuardRequest
  readonly body: B
  /** Parameters of the path, by name. */
  readonly path: Readonly<Record<string, string>>
  /** The query as it was sent, without the question mark. */
  readonly query: string
  readonly caller: C
  /** Recorded as the actor. */
  readonly actor: Actor
  /** Whether an app signs in, which gets tokens in the body, and no cookies. */
  readonly isBearer: boolean
}

/** The answer of an endpoint. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** Instead of a body: text of the type that the endpoint describes. */
  readonly text?: string
  /** Instead of a body: a file, in the type and encoding that the headers name. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /** Instead of a body: bytes as they come. */
  readonly stream?: Stream
  readonly cookies?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** How the API description describes a call. */
export interface Description {
  /** One sentence. */
  readonly summary: string
  /** Schemas of successful answers by status; `undefined` for an answer without a body. */
  readonly answers: Readonly<Record<number, Shape | undefined>>
  /** Server-sent events of a stream by name, with the schema of their data. */
  readonly events?: Readonly<Record<string, Shape>>
  /** The media type of an answer that is text and not JSON. */
  readonly text?: string
  /**
   * Whether the call must first read the log: a guard may have received a revocation sooner, and
   * the page calls because that guard refused it.
   */
  readonly upToDate?: true
  /** Names of query parameters. */
  readonly query?: readonly ParameterName[]
}

/** One call of the API: the schema of its body, its description and its function. */
export interface Endpoint extends Description {
  readonly body: z.ZodType | undefined
  /** Whether apps may call it too, with the members `transport` or `attempt`. */
  readonly takesApps?: boolean | undefined
  /** Which callers it admits besides users in their sessions; only these, if left out. */
  readonly admits?: Admits | undefined
  /** Of an endpoint in a row whose `fresh` depends on the call. */
  readonly needsProof?: NeedsProof
  readonly handle: (call: Call) => Promise<Answer> | Answer
}

/** Callers besides users in their sessions: the API keys of users, machines, or both. */
export type Admits = 'keys' | 'machines' | 'all'

/** The caller of an endpoint that admits these. */
export type CallerOf<A extends Admits | undefined> =
  | Caller
  | (A extends 'keys' | 'all' ? KeyCaller : never)
  | (A extends 'machines' | 'all' ? MachineCaller : never)

/**
 * Returns whether a call needs a fresh proof of identity. First it refuses a caller who may not make the call at
 * all: a user must not be asked for a proof that does not help (H7).
 */
export type NeedsProof<B = unknown, C = Call['caller']> = (
  call: Call<B, C>,
) => Promise<boolean> | boolean

/** An endpoint that needs no caller. */
export function openEndpoint<S extends z.ZodType = z.ZodUndefined>(
  one: Description & {
    readonly body?: S
    readonly takesApps?: true
    readonly handle: (call: Call<z.output<S>>) => Promise<Answer> | Answer
  },
): OpenEndpoint {
  const { body, handle, ...description } = one
  return { ...description, body, handle: (call) => handle(call as Call<z.output<S>>) }
}

/** An endpoint that gets its caller; its row must state who may call. */
export function guardedEndpoint<
  S extends z.ZodType = z.ZodUndefined,
  A extends Admits | undefined = undefined,
>(
  one: Description & {
    readonly body?: S
    readonly admits?: A
    readonly handle: (call: Call<z.output<S>, CallerOf<A>>) => Promise<Answer> | Answer
  },
): GuardedEndpoint {
  const { body, handle, ...description } = one
  return {
    ...description,
    body,
    handle: (call: Call) => handle(call as Call<z.output<S>, CallerOf<A>>),
  } as Endpoint as GuardedEndpoint
}

/** The same, for a row whose `fresh` depends on the call: `needsProof` decides before `handle`. */
export function judgingEndpoint<
  S extends z.ZodType = z.ZodUndefined,
  A extends Admits | undefined = undefined,
>(
  one: Description & {
    readonly body?: S
    readonly admits?: A
    readonly needsProof: NeedsProof<z.output<S>, CallerOf<A>>
    readonly handle: (call: Call<z.output<S>, CallerOf<A>>) => Promise<Answer> | Answer
  },
): JudgingEndpoint {
  const { needsProof, ...rest } = one
  return {
    ...guardedEndpoint<S, A>(rest),
    needsProof: (call) => needsProof(call as Call<z.output<S>, CallerOf<A>>),
  } as JudgingEndpoint
}

/** An endpoint for guard keys only; its caller is the guard. */
export function guardKeyEndpoint<S extends z.ZodType = z.ZodUndefined>(
  one: Description & {
    readonly body?: S
    readonly handle: (call: Call<z.output<S>, KnownGuard>) => Promise<Answer> | Answer
  },
): GuardKeyEndpoint {
  const { body, handle, ...description } = one
  return {
    ...description,
    body,
    handle: (call) => handle(call as Call<z.output<S>, KnownGuard>),
  } as GuardKeyEndpoint
}

declare const open: unique symbol
declare const guarded: unique symbol
declare const guardKey: unique symbol

/**
 * Markers that keep an endpoint out of rows for other callers, at compile time. This one needs no
 * caller.
 */
export type OpenEndpoint = Endpoint & { readonly [open]?: true }
/** An endpoint that needs an authenticated user. */
export type GuardedEndpoint = Endpoint & {
  readonly [guarded]: true
  readonly needsProof?: never
}
/** An endpoint that needs an authenticated user, and decides whether the call must be fresh. */
export type JudgingEndpoint = Endpoint & {
  readonly [guarded]: true
  readonly needsProof: NeedsProof
}
/** An endpoint that needs a guard key. */
export type GuardKeyEndpoint = Endpoint & { readonly [guardKey]: true }
