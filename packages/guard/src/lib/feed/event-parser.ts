/** One server-sent event. */
export interface ServerEvent {
  readonly event: string
  readonly data: string
  /** `undefined` if the event has none of its own. */
  readonly id: string | undefined
}

/** Most characters of one event; a page of 1,000 entries has a tenth of them. */
const LONGEST = 1_048_576

/**
 * Returns a function that parses an event stream piece by piece (HTML standard, 9.2.6), in bounded memory.
 * @throws Error with a sentence if an event is too long. Don't call it again after that.
 */
export function createEventParser(received: (event: ServerEvent) => void): (piece: string) => void {
  let unfinished = ''
  let afterReturn = false
  let name = ''
  let id: string | undefined
  let data: string[] = []
  let length = 0

  const endOfEvent = (): void => {
    const event = { event: name || 'message', data: data.join('\n'), id }
    const empty = data.length === 0
    name = ''
    id = undefined
    data = []
    length = 0
    if (!empty) received(event)
  }
  const line = (text: string): void => {
    if (text === '') return endOfEvent()
    length += text.length
    bound(length)
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
    else if (field === 'id') id = value
  }
  return (piece) => {
    if (piece === '') return
    let text = afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece
    afterReturn = piece.endsWith('\r')
    if (text.includes('\r')) text = text.replaceAll(/\r\n?/g, '\n')
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const whole = unfinished + text.slice(start, end)
      unfinished = ''
      start = end + 1
      line(whole)
    }
    unfinished += text.slice(start)
    bound(length + unfinished.length)
  }
}

function bound(length: number): void {
  if (length > LONGEST) throw new Error(`sent an event of more than ${LONGEST} characters`)
}
