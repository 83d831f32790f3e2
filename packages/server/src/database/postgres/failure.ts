import { errorCode, errorMessage } from '@keyhaven/core/errors'
import type { PostgresHost } from '../../config/database-place.ts'

/**
 * A failure of PostgreSQL or of the connection to it. Of the server's error it keeps only the
 * message: the details quote rows, which contain addresses and hashes.
 */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure'
  /** SQLSTATE (PostgreSQL, appendix A) or the system's error code; `undefined` if there is none. */
  readonly state: string | undefined
  /** Whether the connection must not be used again. */
  readonly endsConnection: boolean
  /** Whether the server sent no answer within the time limit of a statement. */
  readonly isSilence: boolean

  constructor(error: unknown, text?: string) {
    const { message, code, severity } = partsOf(error)
    super(text ?? (code === undefined ? message : `${message} (${code})`))
    this.state = code
    this.isSilence = message === SILENT
    const bySeverity = severity !== undefined && severity !== 'ERROR'
    this.endsConnection =
      severity === undefined || bySeverity || leaving.some((start) => code?.startsWith(start))
  }
}

/** Wraps an error of the driver in a PostgresFailure, unless it is one. */
export function failureOf(error: unknown): PostgresFailure {
  return error instanceof PostgresFailure ? error : new PostgresFailure(error)
}

/** The driver's message for it. */
const SILENT = 'Query read timeout'

/** A host, and why it can't be used. */
export interface HostFailure {
  readonly place: PostgresHost
  readonly error: unknown
}

/** One failure for all hosts. Its kind comes from the first error that a server itself sent. */
export function failureOfHosts(failures: readonly HostFailure[]): PostgresFailure {
  const [first, ...others] = failures
  if (others.length === 0) return new PostgresFailure(first?.error)
  const texts = failures.map(
    ({ place: { host, port }, error }) => `${host}:${port}: ${new PostgresFailure(error).message}`,
  )
  const answered = failures.find(({ error }) => partsOf(error).severity !== undefined)
  return new PostgresFailure((answered ?? first)?.error, texts.join('; '))
}

/**
 * A server that shuts down, a primary that became a standby, and statements that were prepared
 * before another process changed the tables: another connection may work.
 */
const leaving = ['57P', '25006', '0A000', '26000']

/** Failures that running the whole transaction again can resolve. */
const passing = new Set([
  // serialization_failure, deadlock_detected
  '40001',
  '40P01',
  // unique_violation: the flow finds the other row and reports it (PostgreSQL 13.5)
  '23505',
  // A prepared statement made stale by another process's migration
  '0A000',
  '26000',
])

/** Whether running the whole transaction again can succeed. */
export function passes(error: unknown): boolean {
  return error instanceof PostgresFailure && passing.has(error.state ?? '')
}

interface Parts {
  readonly message: string
  readonly code: string | undefined
  /** Only errors sent by the server have one. */
  readonly severity: string | undefined
}

function partsOf(error: unknown): Parts {
  const { errors, severity } = (error ?? {}) as Record<string, unknown>
  // A host with several addresses fails with all their errors and without a message
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (first !== undefined) return partsOf(first)
  return {
    message: errorMessage(error),
    code: errorCode(error),
    severity: typeof severity === 'string' ? severity : undefined,
  }
}
