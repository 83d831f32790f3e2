import { errorMessage } from '@keyhaven/core/errors'
import { createEventParser } from './event-parser.ts'
import { messageOf } from './message.ts'
import type { Message } from './message.ts'
import type { FeedRequest, FeedRuntime, ResponseHandlers, Stop } from './runtime.ts'

/** Receives the events of one connection. None follows after `broken`, or after the connection was stopped. */
export interface Listener {
  /** May throw an Error with a sentence, which breaks the connection. */
  message(message: Message): void
  /** `wait`: milliseconds of the service's `Retry-After`. */
  broken(sentence: string, wait: number): void
}

/** Most milliseconds of a `Retry-After` that are waited. */
const LONGEST_WAIT = 30_000

/** Opens one connection to the feed, and passes its messages on. Returns a function that stops it. */
export function openConnection(
  request: FeedRequest,
  listener: Listener,
  { open }: FeedRuntime,
): Stop {
  let over = false
  let stopRequest: Stop = () => {}
  const stop = (): void => {
    over = true
    stopRequest()
  }
  const broken = (sentence: string, wait = 0): void => {
    if (over) return
    stop()
    listener.broken(sentence, wait)
  }
  const parse = createEventParser((event) => {
    const message = messageOf(event)
    if (message !== undefined && !over) listener.message(message)
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const handlers: ResponseHandlers = {
    answered: ({ status, type, retryAfter = 0 }) => {
      const wait = Math.min(Math.max(0, retryAfter * 1000), LONGEST_WAIT)
      if (status !== 200) broken(sentenceOf(status), wait)
      else if (!/^text\/event-stream\b/i.test(type)) broken(`answered ${type}, not an event stream`)
    },
    piece: (bytes) => {
      if (over) return
      try {
        parse(decoder.decode(bytes, { stream: true }))
      } catch (error) {
        broken(errorMessage(error))
      }
    },
    ended: (sentence) => broken(sentence),
  }
  stopRequest = open(request, handlers)
  // `open` may have called `ended` before it returned
  if (over) stopRequest()
  return stop
}

function sentenceOf(status: number): string {
  if (status === 401 || status === 403) {
    return `refuses the guard key (${status}); make one with \`keyhaven guards add NAME\` and pass it as feedKey`
  }
  if (status === 404) return 'has no /revocations (404); is `issuer` or `reach` right?'
  return `answered ${status}`
}
