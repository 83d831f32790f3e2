import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { clientBehind, isProxyOf, parseAddress, UNKNOWN } from '@keyhaven/guard/kit'
import type { Address, ForwardedHeaders } from '@keyhaven/guard/kit'
import { newRequestId } from '../../secrets/random.ts'
import type { ClientConnection } from './handler.ts'

/** How a request reached the service. */
export interface Transport {
  /**
   * The client's address in canonical spelling: the peer's, or the rightmost in `X-Forwarded-For`
   * that is not a trusted proxy. `unknown` if a proxy sent something else; `undefined` if the host
   * provided none.
   */
  readonly address: string | undefined
  /**
   * The address of the connected machine, such as a proxy. `undefined` if the host provided none.
   */
  readonly peer: string | undefined
  /**
   * Why others may have read the request although the public URL is https; `undefined` if it was
   * encrypted.
   */
  readonly insecure: string | undefined
  /** The request's id in the log and the response: from a trusted proxy, or new. */
  readonly requestId: string
}

/** Which proxies are trusted. */
export interface ProxyPolicy {
  /** Whether the public URL is https. */
  readonly secure: boolean
  /** Addresses and networks (CIDR) of proxies. */
  readonly trusted: readonly string[]
  /** Called once, with the first entry of a trusted proxy that is not an address. */
  readonly notUnderstood: (entry: string) => void
}

/** Characters of a proxy's text that are logged. */
const MOST_LOGGED = 64

/** Finds out how requests reached the service. */
export interface Transports {
  /** Reads `X-Forwarded-*` only if the peer is trusted, because others can forge them (HTTP-3). */
  readonly ofNode: (incoming: IncomingMessage) => Transport
  /** For hosts that provide no connection; the address that they pass is trusted. */
  readonly ofHost: (connection: ClientConnection | undefined) => Transport
}

/** Trusts only the proxies of the policy. */
export function createTransports({ secure, trusted, notUnderstood }: ProxyPolicy): Transports {
  const isProxy = isProxyOf(trusted)
  let logged = false
  const logOnce = (entry: string): void => {
    if (!logged) notUnderstood(entry.slice(0, MOST_LOGGED))
    logged = true
  }
  return {
    ofHost: (connection) => ({
      address: addressOf(connection),
      peer: undefined,
      insecure: undefined,
      requestId: newRequestId(),
    }),
    ofNode: ({ socket, headers }) => {
      const peer = parseAddress(socket.remoteAddress ?? '')
      const requestId = newRequestId()
      if (peer === undefined || !isProxy(peer)) {
        const insecure = secure && !isEncrypted(socket) ? inClear(peer, headers) : undefined
        return { address: peer?.text, peer: peer?.text, insecure, requestId }
      }
      const client = clientBehind(peer, forwardedIn(headers), isProxy)
      if (client.notUnderstood !== undefined) logOnce(client.notUnderstood)
      const given = headers['x-request-id']
      return {
        address: client.address?.text ?? UNKNOWN,
        peer: peer.text,
        insecure:
          secure && client.proto === 'http'
            ? `the proxy ${peer.text} reported that its client used plain http`
            : undefined,
        requestId: typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : requestId,
      }
    },
  }
}

/** An app that embeds the service may terminate TLS itself. */
function isEncrypted(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true
}

function inClear(peer: Address | undefined, headers: IncomingHttpHeaders): string {
  const from = peer?.text ?? 'an unknown peer'
  const proto = joined(headers['x-forwarded-proto'])
  if (proto === undefined)
    return `plain http from ${from}, which KEYHAVEN_TRUST_PROXY does not name`
  const written = /^https?$/i.test(proto) ? `: ${proto}` : ''
  return `X-Forwarded-Proto${written} came from ${from}, which KEYHAVEN_TRUST_PROXY does not name`
}

function forwardedIn(headers: IncomingHttpHeaders): ForwardedHeaders {
  return {
    for: joined(headers['x-forwarded-for']),
    proto: joined(headers['x-forwarded-proto']),
  }
}

/**
 * The address that the host passed. Frameworks pass other values in its place, which are ignored.
 */
function addressOf(connection: ClientConnection | undefined): string | undefined {
  const address: unknown = connection?.address
  return typeof address === 'string' ? (parseAddress(address)?.text ?? UNKNOWN) : undefined
}

/** A header that was sent several times is one list, in the order of sending. */
function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
