import { isIPv4, isIPv6 } from 'node:net'

/**
 * An address of a client or a proxy. All spellings of an address give the same bytes and the same
 * text.
 */
export interface Address {
  /** Four bytes of IPv4, sixteen of IPv6. */
  readonly bytes: readonly number[]
  /** The canonical spelling: dotted IPv4, or IPv6 as in RFC 5952. */
  readonly text: string
}

/** A network: an address, and the number of leading bits that count. */
export interface Network {
  readonly address: Address
  readonly bits: number
}

/** Replaces the client address if the proxy sent one that can't be parsed. */
export const UNKNOWN = 'unknown'

/**
 * Prefix length of IPv6 that a provider assigns to one customer: a whole /64 counts as one client.
 */
const CLIENT_BITS = 64

/** IPv4 in the last four bytes: mapped (RFC 4291 §2.5.5.2), and NAT64’s well-known prefix (RFC 6052). */
const EMBEDDING = [
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff],
  [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0],
]
const EMBEDDED_BITS = 96

/**
 * Parses an address in any form that a proxy writes: bare, with a port, in brackets, in quotes,
 * with a zone. IPv4 within IPv6 becomes IPv4. `undefined` for any other text, including ambiguous
 * ones such as `010.0.0.1`.
 */
export function parseAddress(text: string): Address | undefined {
  const plain = unquoted(text.trim())
  const bracketed = /^\[([^[\]]+)\](?::(\d{1,5}))?$/.exec(plain)
  if (bracketed !== null) return isPort(bracketed[2]) ? parseIPv6(bracketed[1] ?? '') : undefined
  const dotted = /^([\d.]+)(?::(\d{1,5}))?$/.exec(plain)
  if (dotted !== null) return isPort(dotted[2]) ? parseIPv4(dotted[1] ?? '') : undefined
  return parseIPv6(plain)
}

/** Parses a bare address or a network in CIDR form; a bare address is a network of one address. */
export function parseNetwork(text: string): Network | undefined {
  const [plain = '', suffix, ...more] = text.split('/')
  const address = parseIPv4(plain) ?? parseIPv6(plain)
  if (address === undefined || more.length > 0) return undefined
  const most = address.bytes.length * 8
  if (suffix === undefined) return { address, bits: most }
  if (!/^\d{1,3}$/.test(suffix)) return undefined
  // A prefix length written for IPv6 counts from the start of the IPv6 form
  const written = Number(suffix) - (plain.includes(':') ? 128 - most : 0)
  return written >= 0 && written <= most ? { address, bits: written } : undefined
}

/** Whether an address is in a network. IPv4 and IPv6 never match each other. */
export function isWithin({ bytes }: Address, { address, bits }: Network): boolean {
  if (bytes.length !== address.bytes.length) return false
  return bytes.every((byte, at) => ((byte ^ (address.bytes[at] ?? 0)) & maskAt(at, bits)) === 0)
}

/**
 * The network that one client can move within: an IPv4 address, or a /64 of IPv6. `unknown` if the
 * text is not an address.
 */
export function networkOf(text: string): string {
  const address = parseAddress(text)
  if (address === undefined) return UNKNOWN
  if (address.bytes.length === 4) return address.text
  const network = address.bytes.map((byte, at) => byte & maskAt(at, CLIENT_BITS))
  return `${textOf(network)}/${CLIENT_BITS}`
}

function unquoted(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text
}

function isPort(digits = '0'): boolean {
  return Number(digits) <= 65_535
}

function parseIPv4(text: string): Address | undefined {
  return isIPv4(text) ? { bytes: text.split('.').map(Number), text } : undefined
}

function parseIPv6(text: string): Address | undefined {
  const bare = text.replace(/%[\w.~-]{1,64}$/, '')
  if (!isIPv6(bare) || bare.includes('%')) return undefined
  const bytes = bytesOf(bare)
  const embeds = EMBEDDING.some((prefix) => prefix.every((byte, at) => byte === bytes[at]))
  const own = embeds ? bytes.slice(EMBEDDED_BITS / 8) : bytes
  return { bytes: own, text: textOf(own) }
}

/** The sixteen bytes of a valid IPv6 text. */
function bytesOf(text: string): number[] {
  const [head = [], tail = []] = text.split('::').map(groupsOf)
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail]
}

function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

/** The mask of the byte at `at` for a prefix of `bits` bits. */
function maskAt(at: number, bits: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff
}

function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  )
  // URL writes IPv6 in the form of RFC 5952
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
