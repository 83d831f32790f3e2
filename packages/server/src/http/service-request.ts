import type { GuardRequest } from '@keyhaven/guard'
import type { Stream } from '../feed/event-writer.ts'
import type { Transport } from './hosts/transport.ts'

/** A request as the service reads it, through whatever host it came. */
export interface ServiceRequest extends GuardRequest {
  /** As it was sent, without its query: nothing in it is decoded. */
  readonly path: string
  /** Without its question mark. */
  readonly query: string
  /**
   * The whole body.
   * @throws KeyhavenError `payload_too_large` beyond this many bytes, `invalid_request` where it breaks off.
   */
  read(most: number): Promise<Uint8Array>
  readonly transport: Transport
}

/** What the service answers, for any host to write. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | undefined
  /** In place of a body: bytes as they come. */
  readonly stream?: Stream | undefined
}

/** Path and query of a request target (RFC 9112 §3.2); a target of another form has no path of ours. */
export function targetOf(url: string): { readonly path: string; readonly query: string } {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = target.indexOf('?')
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
