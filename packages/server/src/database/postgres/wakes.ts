import type { Client } from 'pg'
import { connectToHost } from './client.ts'
import type { PostgresTarget } from './client.ts'

/**
 * Receives notifications of other processes, on a connection of its own that is reopened whenever
 * it breaks.
 */
export interface PostgresWakes {
  on(listener: () => void): () => void
  close(): Promise<void>
}

/** The channel of `notify`; PostgreSQL separates channels of different databases. */
export const CHANNEL = 'keyhaven'

/** Milliseconds before a broken connection is opened again. */
const AGAIN = 1000

/** Connects and listens until it is closed, to all processes but the one with this name. */
export function listenToPostgres(target: PostgresTarget, own: string): PostgresWakes {
  const listeners = new Set<() => void>()
  const wake = (): void => listeners.forEach((listener) => listener())
  let client: Client | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const again = (): void => {
    if (!closed) timer = setTimeout(() => void connect(), AGAIN).unref()
  }
  const connect = async (): Promise<void> => {
    try {
      const mine = await connectToHost(target)
      client = mine
      if (closed) return await mine.end()
      let lost = false
      const lose = (): void => {
        if (lost) return
        lost = true
        void mine.end().catch(() => {})
        again()
      }
      mine.on('error', lose)
      mine.on('end', lose)
      mine.on('notification', ({ payload }) => {
        if (payload !== own) wake()
      })
      await mine.query(`listen ${CHANNEL}`).catch(lose)
      // Notifications sent before this connection listened are lost
      wake()
    } catch {
      // Polling finds new entries until the connection is back
      again()
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
