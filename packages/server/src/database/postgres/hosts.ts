import type { PostgresHost } from '../../config/database-place.ts'

/**
 * Chooses among several hosts. All connections of a process share one, so they use the same host.
 */
export interface PostgresHosts {
  readonly count: number
  /** The host for the next connection. */
  next(): PostgresHost
  /** The last host that was found to accept writes. */
  found(): PostgresHost | undefined
  /** Notes that a connection to the host exists and accepts writes. */
  good(host: PostgresHost): void
  /**
   * Notes that the host can't be reached or accepts no writes; the following host is next, in a
   * ring.
   */
  bad(host: PostgresHost): void
}

/** Starts with the first host. */
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
      // If several connections fail at once, only the first advances the choice
      if (host === next) next = hosts[(hosts.indexOf(host) + 1) % hosts.length] ?? hosts[0]
    },
  }
}
