import type { PostgresConnections } from './connections.ts'

/** Milliseconds for which a reading of the server's clock is used. */
const FRESH = 1000

/** A reading that may be late by some milliseconds, and is never ahead. */
export interface ServerTime {
  readonly time: number
  readonly late: number
}

/**
 * The server's time in milliseconds since 1970. The server is queried at most once a second; in between
 * this machine's clocks count on, and the one that went further decides. The wait for the answer is not
 * added: a reading may be late, but a time that other processes have not reached is never used.
 */
export function postgresClock(connections: PostgresConnections): () => Promise<ServerTime> {
  let reading: (ServerTime & { readonly wall: number; readonly steady: number }) | undefined
  let asking: Promise<ServerTime> | undefined
  const ask = async (): Promise<ServerTime> => {
    const began = performance.now()
    const { rows } = await connections.query<{ now: number }>(
      'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    )
    const steady = performance.now()
    if (rows[0] === undefined) throw new Error('PostgreSQL gave no time.')
    reading = { time: rows[0].now, late: steady - began, wall: Date.now(), steady }
    return reading
  }
  return async () => {
    if (reading !== undefined) {
      const passed = Math.max(performance.now() - reading.steady, Date.now() - reading.wall)
      if (passed < FRESH) return { time: reading.time + passed, late: reading.late }
    }
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
