/** Where an endless answer is written. */
export interface Sink {
  write(bytes: Uint8Array): void
  /** Bytes that the other side has not taken yet. */
  readonly pending: number
  /** Bytes that it has taken so far. */
  readonly taken: number
  /** Resolves once it has taken everything, or will take nothing any more. */
  drained(): Promise<void>
  /** Ends the answer well. */
  end(): void
  /** Breaks it off, with whatever has not been taken. */
  drop(): void
}

/** An endless answer: it writes until it is stopped; its host does that when the other side has gone. */
export type Stream = (sink: Sink) => () => void

/** One server-sent event. */
export function eventText(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
