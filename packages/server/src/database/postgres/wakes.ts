import type { Client } from 'pg'
import { connectToHost } from './client.ts'
import type { PostgresTarget } from './client.ts'

/** Hears other processes on a connection of its own, which is made again whenever it breaks. */
export interface PostgresWakes {
  on(listener: () => void): () => void
  close(): Promise<void>
}

/** The channel of `notify`; PostgreSQL keeps databases apart. */
export const CHANNEL = 'keyhaven'

/** Milliseconds before a broken connection is made again. */
const AGAIN = 1000

export function listenToPostgres(target: PostgresTarget): PostgresWakes {
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
      mine.on('notification', wake)
      await mine.query(`listen ${CHANNEL}`).catch(lose)
      // What came while nobody listened
      wake()
    } catch {
      // Until it is there again, polling finds what is new
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
