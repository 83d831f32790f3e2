import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { FeedMark, FeedSnapshot, RevocationEntry } from '@keyhaven/core/wire'

/** One server-sent event, as it was received. */
export interface FeedEvent {
  readonly name: string
  readonly id: string | undefined
  readonly data: unknown
  /** Milliseconds of the monotonic clock. */
  readonly at: number
}

/** A minimal client of the feed, which keeps every event. */
export interface FeedReader {
  readonly status: number
  readonly events: readonly FeedEvent[]
  /** Entries of snapshots and events, in the order in which they were received. */
  readonly entries: () => RevocationEntry[]
  readonly snapshots: () => FeedSnapshot[]
  readonly heartbeats: () => FeedMark[]
  readonly closed: () => boolean
  readonly close: () => void
}

interface Opening {
  readonly key?: string
  readonly lastEventId?: string
  /** The version of the feed that the guard requests; a guard of the first version sends none. */
  readonly version?: 2
}

/** Opens `GET /revocations` on a connection of its own. */
export async function openFeed(
  address: string,
  { key, lastEventId, version }: Opening = {},
): Promise<FeedReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      accept: 'text/event-stream',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      ...(version !== undefined && { 'keyhaven-feed': String(version) }),
    }
    get(`${address}/revocations`, { agent: false, headers }, resolve).on('error', reject)
  })
  const events: FeedEvent[] = []
  let closed = false
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) events.push(eventOf(block))
  })
  response.on('close', () => {
    closed = true
  })
  response.on('error', () => {})
  const named = <T>(name: string): T[] =>
    events.filter((event) => event.name === name).map(({ data }) => data as T)
  return {
    status: response.statusCode ?? 0,
    events,
    entries: () =>
      events.flatMap(({ name, data }) => {
        if (name === 'snapshot') return (data as FeedSnapshot).entries
        return name === 'revoke' ? [data as RevocationEntry] : []
      }),
    snapshots: () => named('snapshot'),
    heartbeats: () => named('heartbeat'),
    closed: () => closed,
    close: () => response.destroy(),
  }
}

function eventOf(block: string): FeedEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ')
      return [line.slice(0, at), line.slice(at + 2)] as const
    }),
  )
  return {
    name: fields.get('event') ?? '',
    id: fields.get('id'),
    data: JSON.parse(fields.get('data') ?? 'null'),
    at: performance.now(),
  }
}
