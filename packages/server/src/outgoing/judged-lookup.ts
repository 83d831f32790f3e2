import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { isWithin, parseAddress, parseNetwork } from '@keyhaven/guard/kit'
import type { Network } from '@keyhaven/guard/kit'
import type { AllowedPlace } from '../config/passwords/allowed-places.ts'

/** Where a call may go. */
export interface OutgoingRules {
  /** Plain http and addresses of this machine and network are fine on a developer's machine. */
  readonly development: boolean
  /** Private places that the operator allows. */
  readonly allowPrivate: readonly AllowedPlace[]
}

/** A call was refused because its address is not public. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  readonly code = 'PRIVATE_ADDRESS'
}

/** Addresses that are of this machine, of a private network, or of no single host (RFC 6890). */
const notPublic: readonly Network[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].flatMap((text) => parseNetwork(text) ?? [])

/** Whether a call to `place` (host and port) may connect to an address. */
export function mayConnect(
  address: string,
  place: string,
  { development, allowPrivate }: OutgoingRules,
): boolean {
  // Mapped and NAT64 addresses are judged as the IPv4 address that they contain
  const parsed = parseAddress(address)
  if (parsed === undefined) return false
  if (development || !notPublic.some((network) => isWithin(parsed, network))) return true
  return allowPrivate.some((one) =>
    'place' in one ? one.place === place : isWithin(parsed, one.network),
  )
}

/**
 * Requires that a URL may be called: its scheme, and its host if that is an address, which a socket
 * connects to without a look-up.
 * @throws PrivateAddressError; Error for plain http.
 */
export function requireCallable({ protocol, hostname }: URL, place: string, rules: OutgoingRules) {
  if (protocol !== 'https:' && !rules.development) {
    throw Object.assign(new Error('plain http'), { code: 'PLAIN_HTTP' })
  }
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0 && !mayConnect(literal, place, rules)) {
    throw new PrivateAddressError(`${literal} is not public`)
  }
}

/** The look-up of a socket, which gives it no other addresses than those that it may connect to. */
export function judgedLookup(place: string, rules: OutgoingRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const usable = found.filter(({ address }) => mayConnect(address, place, rules))
      const [first] = usable
      if (first === undefined) {
        return callback(new PrivateAddressError(`${hostname} has no public address`), [])
      }
      if (options.all) callback(null, usable)
      else callback(null, first.address, first.family)
    })
  }
}
