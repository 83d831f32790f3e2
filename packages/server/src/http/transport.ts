import { BlockList, isIPv6 } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { newRequestId } from '../secrets/random.ts'

/** What is known of the way by which a request came. */
export interface Transport {
  /** The client's address: the peer's, or the right-most one that a trusted proxy vouches for. */
  readonly address: string | undefined
  /** Whether it may have been read on its way, though the public URL is https. */
  readonly insecure: boolean
  /** Names the request in the log and in its answer: a trusted proxy's name for it, or a new one. */
  readonly requestId: string
}

/** How far proxies are believed. */
export interface ProxyPolicy {
  /** Whether the public URL is https. */
  readonly secure: boolean
  /** Addresses and networks (CIDR) of proxies. */
  readonly trusted: readonly string[]
}

/** Reads `X-Forwarded-*` from trusted peers alone; from anybody else they are words of a stranger (HTTP-3). */
export function createTransport({
  secure,
  trusted,
}: ProxyPolicy): (incoming: IncomingMessage | undefined) => Transport {
  const proxies = blockListOf(trusted)
  const isProxy = (address: string): boolean =>
    proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return (incoming) => {
    const requestId = newRequestId()
    if (incoming === undefined) return { address: undefined, insecure: false, requestId }
    const peer = plainAddress(incoming.socket.remoteAddress ?? '')
    if (peer === '' || !isProxy(peer)) {
      return { address: peer || undefined, insecure: secure, requestId }
    }
    const hops = listOf(incoming.headers['x-forwarded-for']).map(plainAddress)
    const client = hops.toReversed().find((hop) => !isProxy(hop)) ?? hops[0] ?? peer
    const proto = listOf(incoming.headers['x-forwarded-proto']).at(-1)
    const given = incoming.headers['x-request-id']
    return {
      address: client,
      insecure: secure && proto === 'http',
      requestId: typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : requestId,
    }
  }
}

function blockListOf(trusted: readonly string[]): BlockList {
  const list = new BlockList()
  for (const one of trusted) {
    const [address = '', bits] = one.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/** IPv4 that came over an IPv6 socket, as IPv4; anything that is no address as nothing that is trusted. */
function plainAddress(address: string): string {
  const plain = address.trim().replace(/^::ffff:(?=\d+\.)/i, '')
  return /^[0-9a-f.:]{2,45}$/i.test(plain) ? plain : '0.0.0.0'
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '')
}
