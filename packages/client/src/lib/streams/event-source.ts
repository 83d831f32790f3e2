import type { Result } from '../calls/results.ts'
import { EventParser } from './event-parser.ts'
import { Stream, addressFor, isTheirs, openingOf, refused, signedOut } from './stream.ts'
import type { Ending, Opening } from './stream.ts'
import type { AuthEventSource, StreamOptions } from './open-stream.ts'
import type { StreamTools } from './stream-tools.ts'

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2] as const

/** Milliseconds before the second connection, unless the server sends `retry`. They double with each failure. */
const FIRST_WAIT = 1000
/** Most milliseconds between two connections. */
const LONGEST_WAIT = 30_000
/** Least milliseconds that a server's `retry` is taken for. */
const LEAST_WAIT = 100
/** Most seconds of a `Retry-After`. */
const LONGEST_DELAY = 300
/** Milliseconds after which an open stream is stable: its end is no failure. */
const PROVES = 10_000

/** What one connection came to: the reason for no other, or the seconds until the next. */
type Outcome = Ending | { readonly again: number }

/** Opens server-sent events. */
export async function openEventSource(
  tools: StreamTools,
  url: string | URL,
  options: StreamOptions = {},
): Promise<Result<{ readonly source: AuthEventSource }>> {
  const opening = await openingOf(tools, url, { ...options, kind: 'events' })
  return 'code' in opening ? refused(opening) : { ok: true, source: new KeptEventSource(opening) }
}

/** An event source over `auth.fetch`, which renews the token and sees why a server refuses. */
class KeptEventSource extends Stream implements AuthEventSource {
  readyState: number = CONNECTING
  #retry = FIRST_WAIT
  #lastId = ''
  #refusals = 0
  #openedAt = Infinity
  readonly #ended = new AbortController()

  constructor(opening: Opening) {
    super(opening, opening.address.href)
    // The caller listens first
    opening.tools.streams.runtime.after(0, () => void this.#follow())
  }

  readonly close = (): void => {
    if (!this.finish()) return
    this.readyState = CLOSED
    this.#ended.abort()
  }

  protected end(ending: Ending): void {
    if (this.isOver) return
    this.close()
    const detail = { error: { errors: [], ...ending } }
    this.dispatchEvent(new CustomEvent('error', { detail }))
  }

  async #follow(): Promise<void> {
    const { now, random } = this.opening.tools.streams.runtime
    let failures = 0
    while (!this.isOver) {
      const outcome = await this.#connect()
      if (this.isOver) return
      if ('code' in outcome) return this.end(outcome)
      if (now() - this.#openedAt >= PROVES) failures = 0
      this.#openedAt = Infinity
      this.readyState = CONNECTING
      this.dispatchEvent(new Event('error'))
      const wait = Math.min(this.#retry * 2 ** failures, LONGEST_WAIT) * (0.5 + random() / 2)
      failures = Math.min(failures + 1, 9)
      await this.#pause(Math.max(wait, outcome.again * 1000))
    }
  }

  /** Waits, but not longer than until the service can be reached again, or the stream is closed. */
  async #pause(milliseconds: number): Promise<void> {
    const { page, streams } = this.opening.tools
    const { runtime, listeners } = streams
    const wasFailing = page.store.known.failing
    let stop = (): void => {}
    await new Promise<void>((resolve) => {
      const stops = [
        runtime.after(milliseconds, resolve),
        listeners.on('next', () => {
          if (wasFailing && !page.store.known.failing) resolve()
        }),
      ]
      stop = () => stops.forEach((one) => one())
      this.#ended.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    stop()
  }

  async #connect(): Promise<Outcome> {
    const { tools, ticket, person } = this.opening
    const { runtime, fetch } = tools.streams
    const sentAt = runtime.now()
    // A header holds bytes
    const id = String.fromCharCode(...new TextEncoder().encode(this.#lastId))
    const headers = { accept: 'text/event-stream', ...(id && { 'last-event-id': id }) }
    const how: RequestInit = { headers, cache: 'no-store', signal: this.#ended.signal }
    try {
      const address = await addressFor(this.opening)
      if (typeof address !== 'string') return isPassing(address) ? { again: 0 } : address
      const response = ticket
        ? await runtime.fetch(address, { ...how, credentials: 'omit' })
        : await fetch(address, how, person)
      if (!isTheirs(this.opening)) return signedOut
      const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
      return response.status === 200 && isStream && response.body
        ? await this.#read(response.body.getReader())
        : await this.#refusal(response, sentAt)
    } catch {
      // The network failed
      return { again: 0 }
    }
  }

  async #refusal(response: Response, sentAt: number): Promise<Outcome> {
    const { tools, ticket } = this.opening
    const { status } = response
    const reply = await tools.streams.replyIn(() => response)
    if (isPassing({ status })) return { again: Math.min(reply?.retryAfter ?? 0, LONGEST_DELAY) }
    if (ticket && status === 401 && this.#refusals === 0) {
      this.#refusals += 1
      if (await tools.page.recheck(sentAt)) return { again: 0 }
    }
    const { code, detail = '' } = (reply?.body ?? {}) as Partial<Ending>
    if (code) return { code, status, detail }
    return {
      code: 'invalid_request',
      status,
      detail: `The server answered ${status} without an event stream: its answer must be 200 with the type text/event-stream.`,
    }
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Outcome> {
    this.#refusals = 0
    this.#openedAt = this.opening.tools.streams.runtime.now()
    this.readyState = OPEN
    this.dispatchEvent(new Event('open'))
    const { origin } = this.opening.address
    const parser = new EventParser(this.#lastId, {
      event: ({ type, data, id }) => {
        if (this.isOver) return
        this.dispatchEvent(new MessageEvent(type, { data, lastEventId: id, origin }))
      },
      retry: (milliseconds) => {
        this.#retry = Math.min(Math.max(milliseconds, LEAST_WAIT), LONGEST_WAIT)
      },
    })
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done || this.isOver) return { again: 0 }
        parser.read(value)
      }
    } catch (fault) {
      if (!(fault instanceof RangeError)) return { again: 0 }
      void reader.cancel()
      return { code: 'invalid_request', status: 200, detail: fault.message }
    } finally {
      this.#lastId = parser.lastId
    }
  }
}

/** Whether the same request may be answered later. */
function isPassing({ status }: Pick<Ending, 'status'>): boolean {
  return status === 429 || status >= 500
}
