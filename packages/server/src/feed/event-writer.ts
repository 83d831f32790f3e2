/** The connection of an endless response. */
export interface EventWriter {
  write(bytes: Uint8Array): void
  /** Bytes that the client has not read yet. */
  readonly queued: number
  /** Bytes that the client has read so far. */
  readonly written: number
  /** Resolves when the client has read everything, or the connection is closed. */
  flushed(): Promise<void>
  /** Ends the response after everything queued. */
  end(): void
  /** Closes the connection at once and discards what is queued. */
  drop(): void
}

/**
 * An endless response. It writes until its host calls the returned function, which it does when the
 * client has disconnected.
 */
export type Stream = (writer: EventWriter) => () => void

/** The text of one server-sent event. */
export function eventText(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
