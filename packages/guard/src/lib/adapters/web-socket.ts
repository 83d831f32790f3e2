import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Auth } from '../auth-object.ts'

/** The close code of a socket whose token or session was revoked: sign in or renew, then open another. */
export const CLOSE_CODE = 4401

/** Milliseconds that a client has for the closing handshake. */
const CLOSE_TIME_OUT = 2000

/** The part of a socket of `ws` that the guard uses. */
export interface OpenSocket {
  close(code: number, reason: string): void
  terminate(): void
  once(event: 'close', listener: () => void): unknown
  removeAllListeners(event: 'message'): unknown
}

/** The part of a `WebSocketServer` of `ws` that the guard uses. */
export interface SocketServer {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (client: OpenSocket) => void,
  ): void
  emit(event: 'connection', client: OpenSocket, request: IncomingMessage): boolean
}

/** Closes a socket when the token or session of its request is revoked. */
export function closeWebSocket<A extends AnyAccess>(client: OpenSocket, { signal }: Auth<A>): void {
  const close = (): void => {
    const { reason } = signal as { readonly reason: unknown }
    client.close(CLOSE_CODE, reason instanceof KeyhavenError ? reason.code : '')
    // Messages that still arrive are not authorized any more
    client.removeAllListeners('message')
    setTimeout(() => client.terminate(), CLOSE_TIME_OUT).unref()
  }
  // Later, so that the listener for `connection` has seen it open
  if (signal.aborted) return void setImmediate(close)
  signal.addEventListener('abort', close, { once: true })
  client.once('close', () => signal.removeEventListener('abort', close))
}
