/** Writes one entry: its members and its message, or only a message. */
interface Write {
  (members: object, message?: string): void
  (message: string): void
}

/** A log with levels, such as one of pino. */
export interface Logger {
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
  /** A log whose entries have these members too. */
  child(members: Record<string, unknown>): Logger
}
