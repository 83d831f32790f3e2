import type { PostgresConnections } from './connections.ts'

/** Milliseconds for which a reading of the server's clock is used. */
const FRESH = 1000

/** A reading of the server's clock that is at most `late` milliseconds behind, and never ahead. */
export interface ServerTime {
  readonly time: number
  readonly late: number
}

/**
 * The server's time in milliseconds since 1970. The server is queried at most once a second; in
 * between the larger advance of this machine's two clocks is added. The round trip is not added: a
 * reading may be late, but never ahead of the time in other processes.
 */
export function postgresClock(connections: PostgresConnections): () => Promise<ServerTime> {
  let reading: (ServerTime & { readonly wall: number; readonly steady: number }) | undefined
  let querying: Promise<ServerTime> | undefined
  const query = async (): Promise<ServerTime> => {
    const began = performance.now()
    const { rows } = await connections.query<{ now: number }>(
      'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    )
    const steady = performance.now()
    if (rows[0] === undefined) throw new Error('PostgreSQL returned no time.')
    reading = { time: rows[0].now, late: steady - began, wall: Date.now(), steady }
    return reading
  }
  return async () => {
    if (reading !== undefined) {
      const passed = Math.max(performance.now() - reading.steady, Date.now() - reading.wall)
      if (passed < FRESH) return { time: reading.time + passed, late: reading.late }
    }
    querying ??= query().finally(() => {
      querying = undefined
    })
    return querying
  }
}
