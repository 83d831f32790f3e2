import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { isWithin, parseAddress, parseNetwork, UNKNOWN } from '../../config/address.ts'
import type { Address } from '../../config/address.ts'
import { newRequestId } from '../../secrets/random.ts'
import { clientBehind } from './forwarded.ts'
import type { ForwardedHeaders } from './forwarded.ts'

/** What is known of the way by which a request came. */
export interface Transport {
  /**
   * The client's address in its one spelling: the peer's, or the right-most one in `X-Forwarded-For` that
   * is no trusted proxy. `unknown` if a proxy wrote something else. `undefined` if the host passed none.
   */
  readonly address: string | undefined
  /** The address of the machine that connected: a proxy's, if there is one. `undefined` if the host passed none. */
  readonly peer: string | undefined
  /** Why it may have been read on its way, though the public URL is https; `undefined` if it was not. */
  readonly insecure: string | undefined
  /** Names the request in the log and in its answer: a trusted proxy's name for it, or a new one. */
  readonly requestId: string
}

/** What a host in fetch style knows about the connection of a request. */
export interface ClientConnection {
  /** The client's address. Clients whose host passes none are counted together. */
  readonly address?: string | undefined
}

/** How far proxies are believed. */
export interface ProxyPolicy {
  /** Whether the public URL is https. */
  readonly secure: boolean
  /** Addresses and networks (CIDR) of proxies. */
  readonly trusted: readonly string[]
  /** Called once, with the first entry that a trusted proxy wrote and that is no address. */
  readonly notUnderstood: (entry: string) => void
}

/** Characters of a proxy's text that are logged. */
const MOST_LOGGED = 64

/** Reads what is known of the way of a request. */
export interface Transports {
  /** Reads `X-Forwarded-*` only if the peer is trusted: anyone else could write what they like (HTTP-3). */
  readonly ofNode: (incoming: IncomingMessage) => Transport
  /** A host that passes requests without their connection answers for the address that it passes. */
  readonly ofHost: (connection: ClientConnection | undefined) => Transport
}

export function createTransports({ secure, trusted, notUnderstood }: ProxyPolicy): Transports {
  const proxies = trusted.map(parseNetwork).filter((network) => network !== undefined)
  const isProxy = (address: Address): boolean =>
    proxies.some((network) => isWithin(address, network))
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
            ? `the proxy ${peer.text} wrote that its client came over plain http`
            : undefined,
        requestId: typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : requestId,
      }
    },
  }
}

/** An app that embeds the service may end TLS itself. */
function isEncrypted(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true
}

function inClear(peer: Address | undefined, headers: IncomingHttpHeaders): string {
  const from = peer?.text ?? 'an unknown peer'
  const proto = joined(headers['x-forwarded-proto'])
  if (proto === undefined)
    return `plain http from ${from}, which is no proxy that KEYHAVEN_TRUST_PROXY names`
  const written = /^https?$/i.test(proto) ? `: ${proto}` : ''
  return `X-Forwarded-Proto${written} came from ${from}, which KEYHAVEN_TRUST_PROXY does not name`
}

function forwardedIn(headers: IncomingHttpHeaders): ForwardedHeaders {
  return {
    for: joined(headers['x-forwarded-for']),
    proto: joined(headers['x-forwarded-proto']),
  }
}

/** The address that the host passed. Frameworks pass other things in its place, which are ignored. */
function addressOf(connection: ClientConnection | undefined): string | undefined {
  const address: unknown = connection?.address
  return typeof address === 'string' ? (parseAddress(address)?.text ?? UNKNOWN) : undefined
}

/** A header that came several times is one list, in the order in which it came. */
function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
