import { Client } from 'pg'
import type { PostgresServer } from '../config/database-place.ts'
import { clientConfig } from './postgres-connections.ts'

/** Hears other processes on a connection of its own, which is made again whenever it breaks. */
export interface PostgresWakes {
  on(listener: () => void): () => void
  close(): Promise<void>
}

/** The channel of `notify`; PostgreSQL keeps databases apart. */
export const CHANNEL = 'keyhaven'

/** Milliseconds before a broken connection is made again. */
const AGAIN = 1000

export function listenToPostgres(server: PostgresServer): PostgresWakes {
  const listeners = new Set<() => void>()
  const wake = (): void => listeners.forEach((listener) => listener())
  let client: Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const connect = async (): Promise<void> => {
    const mine = new Client(clientConfig(server))
    client = mine
    let lost = false
    const lose = (): void => {
      if (lost) return
      lost = true
      void mine.end().catch(() => {})
      if (!closed) timer = setTimeout(() => void connect(), AGAIN).unref()
    }
    mine.on('error', lose)
    mine.on('end', lose)
    mine.on('notification', wake)
    try {
      await mine.connect()
      await mine.query(`listen ${CHANNEL}`)
      // What came while nobody listened
      wake()
    } catch {
      // Until it is there again, polling finds what is new
      lose()
    }
  }
  void connect()
  return {
    on: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
