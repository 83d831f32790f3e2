import type { ServerResponse } from 'node:http'
import type { Auth } from '../auth-object.ts'

/** What one connection of a client is busy with; the same object for all its requests. */
interface Busy {
  response: ServerResponse | undefined
  auth: Auth | undefined
  /** Whether the signal is listened to already. */
  watched: boolean
  /** Its connection is busy with the next request: it is forgotten when it is over. */
  readonly overtaken: boolean
}

/** Milliseconds after which a response that goes on is watched. */
const SOON = 500

const bySocket = new WeakMap<object, Busy>()
const busy = new Set<Busy>()
let looking: NodeJS.Timeout | undefined

/**
 * Ends this response when what carries its request dies, if it has begun by then and still goes on: a
 * stream, a long download. Most are over in milliseconds, so a request costs two assignments; only
 * what is still open at the next look is watched.
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
      // An idle connection holds nothing of its last request
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
  // What has not begun was admitted before, and may still be answered; when it begins it is watched
  if (response === undefined || auth === undefined || !response.headersSent) return
  one.watched = true
  const { signal } = auth
  const end = (): void => finish(response)
  if (signal.aborted) return end()
  signal.addEventListener('abort', end, { once: true })
  response.once('close', () => signal.removeEventListener('abort', end))
}

/**
 * A stream of events ends well, so that every proxy passes the end on; anything else breaks off, as
 * half a download must not look whole. The handler may not know yet, and write on.
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
