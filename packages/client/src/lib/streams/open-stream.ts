import type { Result } from '../calls/results.ts'

/** How the address of a stream is opened. */
export interface StreamOptions {
  /**
   * Whether each connection has a ticket in place of cookies. If left out: cookies for the page's own origin and the
   * service's, a ticket for the other origins of the store.
   */
  readonly ticket?: boolean
}

/** The same for a web socket. */
export interface SocketOptions extends StreamOptions {
  /** Subprotocols, of which the server chooses one. */
  readonly protocols?: string | readonly string[]
}

/** Members of every stream, as those of a browser's own. */
export interface OpenStream extends EventTarget {
  readonly url: string
  /** 0 connecting, also while it is opened again; 1 open; 2 closing, of a socket only; the last one is closed. */
  readonly readyState: number
  onopen: ((event: Event) => unknown) | null
  onmessage: ((event: MessageEvent) => unknown) | null
}

/**
 * Server-sent events, with the members of the browser's `EventSource`. The `error` event has `detail.error` when the
 * stream is closed for good: its `code` names why.
 */
export interface AuthEventSource extends OpenStream {
  onerror: ((event: Event) => unknown) | null
  readonly close: () => void
}

/** A web socket, with the members of the browser's `WebSocket`. `close` has code 4401 if the person is gone. */
export interface AuthSocket extends OpenStream {
  readonly protocol: string
  readonly bufferedAmount: number
  binaryType: BinaryType
  onclose: ((event: CloseEvent) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  /** Throws `InvalidStateError` unless the socket is open: send in a listener for `open`. */
  readonly send: (data: string | BufferSource | Blob) => void
  readonly close: (code?: number, reason?: string) => void
}

/** Streams of the person who is signed in. They end with the person's session, in every tab. */
export interface StreamActs {
  /** Opens server-sent events. A broken connection is opened again, with `Last-Event-ID`. */
  readonly eventSource: (
    url: string | URL,
    options?: StreamOptions,
  ) => Promise<Result<{ readonly source: AuthEventSource }>>
  /** Opens a web socket. If its token was revoked, or refused, it is opened once more after a renewal. */
  readonly webSocket: (
    url: string | URL,
    options?: SocketOptions,
  ) => Promise<Result<{ readonly socket: AuthSocket }>>
}
