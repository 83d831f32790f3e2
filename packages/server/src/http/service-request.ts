import type { GuardRequest } from '@keyhaven/guard'
import type { Stream } from '../feed/event-writer.ts'
import type { Transport } from './hosts/transport.ts'

/** A request as the service reads it, independent of the host. */
export interface ServiceRequest extends GuardRequest {
  /** As it was sent, not decoded and without the query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** The names of all headers, in lower case. */
  headerNames(): readonly string[]
  /**
   * Reads the whole body.
   * @throws KeyhavenError `payload_too_large` above this many bytes, `invalid_request` if it ends
   * early.
   */
  read(most: number): Promise<Uint8Array>
  readonly transport: Transport
}

/** A response in a form that every host can write. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | undefined
  /** Instead of a body: a file. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined
  /** Instead of a body: bytes as they come. */
  readonly stream?: Stream | undefined
}

/** Path and query of a request target (RFC 9112 §3.2); another form matches no path. */
export function targetOf(url: string): { readonly path: string; readonly query: string } {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = target.indexOf('?')
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
