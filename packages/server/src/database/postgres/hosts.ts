import type { PostgresHost } from '../../config/database-place.ts'

/** Which of several hosts is tried next. All connections of a process share it, so they have one server. */
export interface PostgresHosts {
  readonly count: number
  /** The host for a new connection. */
  next(): PostgresHost
  /** The host that was found to take writes last. */
  found(): PostgresHost | undefined
  /** A connection to it is there, and takes writes. */
  good(host: PostgresHost): void
  /** It can't be reached, or takes no writes: the one behind it is next, the first behind the last. */
  bad(host: PostgresHost): void
}

export function createHosts(hosts: readonly [PostgresHost, ...PostgresHost[]]): PostgresHosts {
  let next = hosts[0]
  let found: PostgresHost | undefined
  return {
    count: hosts.length,
    next: () => next,
    found: () => found,
    good: (host) => {
      found = next = host
    },
    bad: (host) => {
      // Of connections that fail at once only the first moves on
      if (host === next) next = hosts[(hosts.indexOf(host) + 1) % hosts.length] ?? hosts[0]
    },
  }
}
