import type { RevocationEntry } from '../checks/revocations.ts'
import type { ServerEvent } from './event-parser.ts'

/** A position in a log. */
export interface Position {
  /** Random id made with the database. */
  readonly log: string
  readonly seq: number
}

/** A message of the feed. Times are milliseconds since 1970 by the database's clock. */
export type Message =
  | ({
      readonly kind: 'snapshot'
      readonly time: number
      readonly entries: readonly RevocationEntry[]
      readonly more: boolean
    } & Position)
  | ({ readonly kind: 'heartbeat'; readonly time: number } & Position)
  | {
      readonly kind: 'revoke'
      /** The log of the event's id; `undefined` if it has none. */
      readonly log: string | undefined
      readonly entry: RevocationEntry
    }
  | { readonly kind: 'keys'; readonly keys: readonly unknown[] }

/** Entries that one page holds at most. */
const PAGE = 1000

const kinds: ReadonlySet<unknown> = new Set(['jti', 'sid', 'client_id', 'era', 'kid'])
const codes: ReadonlySet<unknown> = new Set(['session_ended', 'account_locked', 'token_expired'])

type Members = Readonly<Record<string, unknown>>

/**
 * Reads one event; `undefined` for kinds that a later service may send.
 * @throws Error with a sentence if the event is malformed.
 */
export function messageOf({ event, data, id }: ServerEvent): Message | undefined {
  switch (event) {
    case 'snapshot': {
      const page = members(event, data)
      const { entries, more } = page
      if (!Array.isArray(entries) || entries.length > PAGE || typeof more !== 'boolean') {
        throw bad(event)
      }
      return { kind: event, ...timed(event, page), entries: entries.map(entryOf), more }
    }
    case 'heartbeat':
      return { kind: event, ...timed(event, members(event, data)) }
    case 'revoke': {
      const colon = id?.lastIndexOf(':') ?? -1
      const log = colon > 0 ? id?.slice(0, colon) : undefined
      return { kind: event, log, entry: entryOf(members(event, data)) }
    }
    case 'keys': {
      const { keys } = members(event, data)
      if (!Array.isArray(keys)) throw bad(event)
      return { kind: event, keys }
    }
    default:
      return undefined
  }
}

function members(event: string, data: string): Members {
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value === 'object' && value !== null) return value as Members
  } catch {
    // Refused below, as JSON of another shape is
  }
  throw bad(event)
}

function timed(event: string, { log, seq, time }: Members): Position & { readonly time: number } {
  if (isId(log) && isCount(seq) && isTime(time)) return { log, seq, time }
  throw bad(event)
}

function entryOf(value: unknown): RevocationEntry {
  const { seq, kind, id, code, until } = (value ?? {}) as Members
  if (!isCount(seq) || !kinds.has(kind) || !isId(id) || !codes.has(code) || !isTime(until)) {
    throw new Error('sent a malformed entry')
  }
  return { seq, kind, id, code, until } as RevocationEntry
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function bad(event: string): Error {
  return new Error(`sent a '${event}' event that can’t be read`)
}
