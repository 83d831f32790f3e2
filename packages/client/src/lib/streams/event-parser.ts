/** One event of a stream (HTML Standard, §9.2.6). */
export interface ServerEvent {
  readonly type: string
  readonly data: string
  readonly id: string
}

/** Most characters of one event. */
const LONGEST = 2 ** 22

/** What a parser reports. */
export interface ParsedEvents {
  readonly event: (event: ServerEvent) => void
  /** Milliseconds that the server wants before the next connection. */
  readonly retry: (milliseconds: number) => void
}

/** Parses server-sent events piece by piece. Begins with the last id of the connection before. */
export class EventParser {
  lastId: string
  readonly #report: ParsedEvents
  readonly #decoder = new TextDecoder()
  #rest = ''
  #type = ''
  #data: string[] = []
  #size = 0
  #id: string

  constructor(lastId: string, report: ParsedEvents) {
    this.lastId = this.#id = lastId
    this.#report = report
  }

  /** @throws RangeError if an event has more than 4 million characters. */
  read(bytes: Uint8Array): void {
    this.#rest += this.#decoder.decode(bytes, { stream: true })
    // The last character may be the first half of CR LF
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
    if (this.#size + this.#rest.length > LONGEST)
      throw new RangeError('An event of the stream is longer than 4 million characters.')
  }

  #line(line: string): void {
    if (line === '') return this.#end()
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#type = value
    else if (name === 'data') {
      this.#data.push(value)
      this.#size += value.length
    } else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.#report.retry(Number(value))
  }

  #end(): void {
    const [type, data] = [this.#type, this.#data]
    this.#type = ''
    this.#data = []
    this.#size = 0
    this.lastId = this.#id
    if (data.length > 0)
      this.#report.event({ type: type || 'message', data: data.join('\n'), id: this.#id })
  }
}
