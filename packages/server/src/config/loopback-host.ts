import { isLoopback } from '@keyhaven/guard/kit'

/**
 * Whether a host to listen on or connect to is this machine. IPv6 addresses come without brackets.
 */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host.includes(':') ? `[${host}]` : host)
}
