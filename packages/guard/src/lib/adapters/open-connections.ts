import type { ServerResponse } from 'node:http'
import type { Auth } from '../auth-object.ts'

/** The current request of one connection; the same object for all its requests. */
interface Busy {
  response: ServerResponse | undefined
  auth: Auth | undefined
  /** Whether the signal has a listener already. */
  watched: boolean
  /** Whether the connection has begun another request. This object is dropped when its response is over. */
  readonly overtaken: boolean
}

/** Milliseconds between two checks of which responses are still open. */
const SOON = 500

const bySocket = new WeakMap<object, Busy>()
const busy = new Set<Busy>()
let looking: NodeJS.Timeout | undefined

/**
 * Ends this response when the token or session of its request is revoked, if the response has begun and is
 * still open: a stream, a long download. Most are over in milliseconds, so a request costs two
 * assignments, and only a response that is open at the next check gets a listener.
 */
export function endOpenConnection(response: ServerResponse, auth: Auth): void {
  const { socket } = response
  if (socket === null) return
  let mine = bySocket.get(socket)
  if (mine === undefined) {
    mine = { response: undefined, auth: undefined, watched: false, overtaken: false }
    bySocket.set(socket, mine)
    const gone = mine
    socket.once('close', () => busy.delete(gone))
    busy.add(mine)
    looking ??= setInterval(look, SOON).unref()
  }
  if (mine.response !== undefined && isOpen(mine.response) && !mine.watched) {
    busy.add({ ...mine, overtaken: true })
  }
  mine.response = response
  mine.auth = auth
  mine.watched = false
}

function look(): void {
  for (const one of busy) {
    const { response } = one
    if (response === undefined) continue
    if (!isOpen(response)) {
      // An idle connection keeps no reference to its last request
      one.response = undefined
      one.auth = undefined
      if (one.overtaken) busy.delete(one)
    } else if (!one.watched) watch(one)
  }
  if (busy.size > 0) return
  clearInterval(looking)
  looking = undefined
}

function watch(one: Busy): void {
  const { response, auth } = one
  // A response that has not begun may still be answered: its request was admitted before the revocation
  if (response === undefined || auth === undefined || !response.headersSent) return
  one.watched = true
  const { signal } = auth
  const end = (): void => finish(response)
  if (signal.aborted) return end()
  signal.addEventListener('abort', end, { once: true })
  response.once('close', () => signal.removeEventListener('abort', end))
}

/**
 * Ends an event stream properly, so that every proxy passes the end on. Any other response is cut off, so
 * that half a download does not look complete. The handler may still write, which must not throw.
 */
function finish(response: ServerResponse): void {
  response.on('error', () => {})
  const type = String(response.getHeader('content-type'))
  if (/^text\/event-stream\b/i.test(type)) response.end()
  else response.destroy()
}

function isOpen(response: ServerResponse): boolean {
  return !response.writableFinished && !response.destroyed
}
