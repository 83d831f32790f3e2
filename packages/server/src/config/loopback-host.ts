import { isLoopback } from '@keyhaven/guard'

/** Whether a host to listen on or to connect to is this machine; IPv6 addresses have no brackets here. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host.includes(':') ? `[${host}]` : host)
}
