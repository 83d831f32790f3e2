import { isWithin, parseAddress, parseNetwork } from './address.ts'
import type { Address } from './address.ts'

/** The headers of trusted proxies; in each the last entry is from the peer. */
export interface ForwardedHeaders {
  readonly for: string | undefined
  readonly proto: string | undefined
}

/** The client behind the proxies. */
export interface ForwardedClient {
  /** `undefined` if a proxy sent something that is not an address. */
  readonly address: Address | undefined
  /** What was sent instead of an address. */
  readonly notUnderstood: string | undefined
  /** The client's protocol, if a proxy reports it. */
  readonly proto: string | undefined
}

/**
 * Reads `X-Forwarded-For` from the right, skipping addresses of trusted proxies. The first other
 * address is the client, because entries left of it were sent by the client. If all are trusted, it
 * is the leftmost. An entry that is not an address ends the search: nothing left of it can be
 * trusted.
 */
export function clientBehind(
  peer: Address,
  headers: ForwardedHeaders,
  isProxy: (address: Address) => boolean,
): ForwardedClient {
  const entries = membersOf(headers.for).toReversed()
  let address: Address | undefined = peer
  let hop = 0
  for (const [at, entry] of entries.entries()) {
    address = parseAddress(entry)
    hop = at
    if (address === undefined || !isProxy(address)) break
  }
  return {
    address,
    notUnderstood: address === undefined ? entries[hop] : undefined,
    proto: protoAt(membersOf(headers.proto), hop),
  }
}

/** Whether an address is one of the trusted proxies, which are addresses and networks in CIDR form. */
export function isProxyOf(trusted: readonly string[]): (address: Address) => boolean {
  const proxies = trusted.map(parseNetwork).filter((network) => network !== undefined)
  return (address) => proxies.some((network) => isWithin(address, network))
}

/** A single value applies to all hops. Of several, the one at the client's position. */
function protoAt(values: readonly string[], hop: number): string | undefined {
  const lower = values.map((value) => value.toLowerCase())
  if (lower.length <= 1) return lower[0]
  // Fewer values than addresses: any of them may be the client's
  return lower.at(-1 - hop) ?? (lower.includes('http') ? 'http' : lower[0])
}

function membersOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
