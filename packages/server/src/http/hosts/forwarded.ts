import { parseAddress } from '../../config/address.ts'
import type { Address } from '../../config/address.ts'

/** What trusted proxies wrote about a request: the last entry of each header is the peer’s. */
export interface ForwardedHeaders {
  readonly for: string | undefined
  readonly proto: string | undefined
}

/** The client behind the proxies. */
export interface ForwardedClient {
  /** `undefined` if a proxy wrote something that is no address. */
  readonly address: Address | undefined
  /** What was written instead of an address. */
  readonly notUnderstood: string | undefined
  /** The protocol that the client spoke, if a proxy names one. */
  readonly proto: string | undefined
}

/**
 * Walks `X-Forwarded-For` from the right, past the addresses of trusted proxies. The first other address
 * is the client: what stands left of it was written by the client. If all are trusted, it is the first
 * of them. An entry that is no address ends the walk: who wrote the entries left of it is unknown.
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

/** One value counts for the whole way. Of several, the one that was written with the client’s address. */
function protoAt(values: readonly string[], hop: number): string | undefined {
  const lower = values.map((value) => value.toLowerCase())
  if (lower.length <= 1) return lower[0]
  // Fewer values than addresses: any of them may be the client’s
  return lower.at(-1 - hop) ?? (lower.includes('http') ? 'http' : lower[0])
}

function membersOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
