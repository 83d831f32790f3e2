/** Where an endless answer is written. */
export interface EventWriter {
  write(bytes: Uint8Array): void
  /** Bytes that the other side has not taken yet. */
  readonly queued: number
  /** Bytes that it has taken so far. */
  readonly written: number
  /** Resolves once it has taken everything, or will take nothing any more. */
  flushed(): Promise<void>
  /** Ends the answer well. */
  end(): void
  /** Breaks it off, with whatever has not been taken. */
  drop(): void
}

/** An endless answer: it writes until it is stopped; its host does that when the other side has gone. */
export type Stream = (writer: EventWriter) => () => void

/** One server-sent event. */
export function eventText(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
