import type { IncomingMessage, ServerResponse } from 'node:http'
import { publicJwks } from '@keyhaven/core'
import type { SigningKey } from '@keyhaven/core'
import type { RevocationEntry } from '@keyhaven/core/wire'

/** Entries in one page of a snapshot. */
const PAGE = 1000

/** One server-sent event. */
interface Sent {
  readonly event: string
  readonly data: unknown
  readonly id?: string | undefined
}

function write(to: ServerResponse, { event, data, id }: Sent): void {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  to.write(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`)
}

/** The log of revocations of an issuer of tests, and the feeds that are open on it. */
export function createFeedLog(first: SigningKey) {
  const open = new Set<ServerResponse>()
  let keys: readonly SigningKey[] = [first]
  let log = 'first-log'
  let seq = 0
  let entries: readonly RevocationEntry[] = []

  const send = (event: string, data: unknown, id?: string): void => {
    for (const one of open) write(one, { event, data, id })
  }
  const position = (): { log: string; seq: number; time: number } => ({
    log,
    seq,
    time: Date.now(),
  })
  const resume = (response: ServerResponse, from: number): void => {
    for (const entry of entries.filter((one) => one.seq > from)) {
      write(response, { event: 'revoke', data: entry, id: `${log}:${entry.seq}` })
    }
  }
  const snapshot = (response: ServerResponse): void => {
    const state = position()
    for (let at = 0; at === 0 || at < entries.length; at += PAGE) {
      const more = at + PAGE < entries.length
      const data = { ...state, entries: entries.slice(at, at + PAGE), more }
      write(response, { event: 'snapshot', data })
    }
  }
  return {
    /** Sends an event to every open feed. */
    send,
    position,
    keys: () => keys,
    /** Answers `GET /revocations` by the contract. */
    feed: (request: IncomingMessage, response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const [itsLog, itsSeq] = String(request.headers['last-event-id'] ?? '').split(':')
      const from = Number(itsSeq)
      if (itsLog === log && from <= seq) resume(response, from)
      else snapshot(response)
      write(response, { event: 'keys', data: publicJwks(keys) })
      write(response, { event: 'heartbeat', data: position() })
      open.add(response)
      response.on('close', () => open.delete(response))
    },
    /** Writes an entry, and sends it to open feeds unless `sent` is false. */
    revoke: (entry: Pick<RevocationEntry, 'kind' | 'id'>, { sent = true } = {}) => {
      seq += 1
      const whole = { code: 'session_ended', until: Date.now() + 660_000, seq, ...entry } as const
      entries = [...entries, whole]
      if (sent) send('revoke', whole, `${log}:${seq}`)
      return whole
    },
    /** Replaces all entries. */
    hold: (many: readonly RevocationEntry[]): void => {
      entries = many
      seq = many.at(-1)?.seq ?? 0
    },
    /** Changes the log's name or goes back to a number, as a restored backup does. */
    become: (next: { readonly log?: string; readonly seq?: number }): void => {
      log = next.log ?? log
      seq = next.seq ?? seq
      entries = entries.filter((one) => one.seq <= seq)
    },
    publish: (next: readonly SigningKey[]): void => {
      keys = next
      send('keys', publicJwks(next))
    },
    /** Breaks every open feed. */
    cut: (): void => {
      for (const one of open) one.destroy()
    },
    listeners: (): number => open.size,
  }
}
