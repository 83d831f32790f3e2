import type { PostgresConnections } from './postgres-connections.ts'

/** Milliseconds for which a reading of the server's clock is gone by. */
const FRESH = 1000

/**
 * The server's time in milliseconds since 1970. It is asked once a second at most; in between this
 * machine's clocks count on, whichever went further.
 */
export function postgresClock(connections: PostgresConnections): () => Promise<number> {
  let reading:
    | { readonly server: number; readonly wall: number; readonly steady: number }
    | undefined
  let asking: Promise<number> | undefined
  const ask = async (): Promise<number> => {
    const began = performance.now()
    const { rows } = await connections.query<{ now: number }>(
      'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    )
    const steady = performance.now()
    const server = (rows[0]?.now ?? Number.NaN) + (steady - began) / 2
    reading = { server, wall: Date.now(), steady }
    return Math.floor(server)
  }
  return async () => {
    if (reading !== undefined) {
      const passed = Math.max(performance.now() - reading.steady, Date.now() - reading.wall)
      if (passed < FRESH) return Math.floor(reading.server + passed)
    }
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
