import type { GuardRequest } from '@keyhaven/guard'
import type { z } from 'zod'
import type { Actor } from '../events/record.ts'
import type { Stream } from '../feed/event-writer.ts'
import type { KnownGuard } from '../feed/guard-keys.ts'
import type { Context } from '../flows/context.ts'
import type { Caller } from './callers/caller.ts'
import type { ParameterName } from './bodies/parameters.ts'
import type { Site } from './site.ts'

/** What an endpoint is given: a checked body, who calls, and the rooms behind. */
export interface Call<B = unknown, C = Caller | KnownGuard | undefined> {
  readonly context: Context
  readonly site: Site
  readonly request: GuardRequest
  readonly body: B
  /** Parameters of the path, by name. */
  readonly path: Readonly<Record<string, string>>
  /** What stands behind the question mark, as it came. */
  readonly query: string
  readonly caller: C
  /** Who is recorded as acting. */
  readonly actor: Actor
}

/** What an endpoint answers. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** In place of a body: text of the type that the endpoint describes. */
  readonly text?: string
  /** In place of a body: bytes as they come. */
  readonly stream?: Stream
  readonly cookies?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** What the API description says of a call. */
export interface Description {
  /** One sentence. */
  readonly summary: string
  /** Shapes of good answers by status; `undefined` for an answer without a body. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>
  /** Server-sent events of a stream by name: the shape of each one’s data. */
  readonly events?: Readonly<Record<string, z.ZodType>>
  /** The media type of an answer that is text and no JSON. */
  readonly text?: string
  /**
   * Whether it must know all that any process revoked before the request came: a guard may have heard it
   * sooner, and the page asks because of that.
   */
  readonly upToDate?: true
  /** Names of query parameters. */
  readonly query?: readonly ParameterName[]
}

/** One call of the API: its body's schema, what it answers, and what it does. */
export interface Endpoint extends Description {
  readonly body: z.ZodType | undefined
  readonly handle: (call: Call) => Promise<Answer> | Answer
}

/** An endpoint that anybody may call. */
export function openEndpoint<S extends z.ZodType = z.ZodUndefined>(
  one: Description & {
    readonly body?: S
    readonly handle: (call: Call<z.output<S>>) => Promise<Answer> | Answer
  },
): OpenEndpoint {
  const { body, handle, ...description } = one
  return { ...description, body, handle: (call) => handle(call as Call<z.output<S>>) }
}

/** An endpoint that is given its caller: a row for it must say who may call. */
export function guardedEndpoint<S extends z.ZodType = z.ZodUndefined>(
  one: Description & {
    readonly body?: S
    readonly handle: (call: Call<z.output<S>, Caller>) => Promise<Answer> | Answer
  },
): GuardedEndpoint {
  const { body, handle, ...description } = one
  return {
    ...description,
    body,
    handle: (call) => handle(call as Call<z.output<S>, Caller>),
  } as GuardedEndpoint
}

/** An endpoint for the keys of guards alone: its caller is the guard. */
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

/** Marks that keep an endpoint that needs a caller out of another's row: it does not compile. */
export type OpenEndpoint = Endpoint & { readonly [open]?: true }
export type GuardedEndpoint = Endpoint & { readonly [guarded]: true }
export type GuardKeyEndpoint = Endpoint & { readonly [guardKey]: true }
