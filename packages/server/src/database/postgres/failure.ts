import { errorCode, errorMessage } from '@keyhaven/core/errors'
import type { PostgresHost } from '../../config/database-place.ts'

/**
 * What PostgreSQL, or the way to it, refused. Of the server's answer only the message is kept: its
 * details quote rows, and rows hold addresses and hashes.
 */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure'
  /** SQLSTATE (PostgreSQL, appendix A), or the system's code; `undefined` where there is none. */
  readonly state: string | undefined
  /** Whether the connection must not be used again. */
  readonly endsConnection: boolean
  /** Whether the server answered nothing within the time for a statement. */
  readonly isSilence: boolean

  constructor(error: unknown, words?: string) {
    const { message, code, severity } = partsOf(error)
    super(words ?? (code === undefined ? message : `${message} (${code})`))
    this.state = code
    this.isSilence = message === SILENT
    const bySeverity = severity !== undefined && severity !== 'ERROR'
    this.endsConnection =
      severity === undefined || bySeverity || leaving.some((start) => code?.startsWith(start))
  }
}

export function failureOf(error: unknown): PostgresFailure {
  return error instanceof PostgresFailure ? error : new PostgresFailure(error)
}

/** What the driver calls it. */
const SILENT = 'Query read timeout'

/** Why a host can't be used. */
export interface HostFailure {
  readonly place: PostgresHost
  readonly error: unknown
}

/** One failure for all hosts. What a server itself answered decides what kind it is. */
export function failureOfHosts(failures: readonly HostFailure[]): PostgresFailure {
  const [first, ...others] = failures
  if (others.length === 0) return new PostgresFailure(first?.error)
  const words = failures.map(
    ({ place: { host, port }, error }) => `${host}:${port}: ${new PostgresFailure(error).message}`,
  )
  const answered = failures.find(({ error }) => partsOf(error).severity !== undefined)
  return new PostgresFailure((answered ?? first)?.error, words.join('; '))
}

/**
 * A server that goes down, one that became a read-only standby, and statements that were prepared
 * before another process changed the tables: another connection may be better.
 */
const leaving = ['57P', '25006', '0A000', '26000']

/** What passes by itself when the whole transaction runs again. */
const passing = new Set([
  // serialization_failure, deadlock_detected
  '40001',
  '40P01',
  // unique_violation: now the flow sees who was first, and says so (PostgreSQL 13.5)
  '23505',
  // A prepared statement that another process's migration made stale
  '0A000',
  '26000',
])

export function passes(error: unknown): boolean {
  return error instanceof PostgresFailure && passing.has(error.state ?? '')
}

interface Parts {
  readonly message: string
  readonly code: string | undefined
  /** Only what the server itself answers has one. */
  readonly severity: string | undefined
}

function partsOf(error: unknown): Parts {
  const { errors, severity } = (error ?? {}) as Record<string, unknown>
  // A host with several addresses fails with all their errors and no message
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (first !== undefined) return partsOf(first)
  return {
    message: errorMessage(error),
    code: errorCode(error),
    severity: typeof severity === 'string' ? severity : undefined,
  }
}
