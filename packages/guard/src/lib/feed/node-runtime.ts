import { Agent, get } from 'node:http'
import type { FeedRequest, FeedRuntime, ResponseHandlers, Stop } from './runtime.ts'

/** Milliseconds that a post may take. */
const POST_TIME_OUT = 5000

/** Node’s clocks, timers and network. None of them keeps a process alive. */
export const nodeRuntime: FeedRuntime = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds).unref()
    return () => clearTimeout(timer)
  },
  open,
  post: (request, body, answered) => void post(request, body).then(answered),
}

/** The status of the answer, `undefined` if none came in time. */
async function post({ url, headers }: FeedRequest, body: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(POST_TIME_OUT)
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}

/** Opens a connection with an agent of its own: a pooled socket may be dead without a sign. */
function open({ url, headers }: FeedRequest, handlers: ResponseHandlers): Stop {
  // TLS takes 12 ms and 5 MB, which a process without a feed over TLS does not need
  const network = url.startsWith('https:') ? process.getBuiltinModule('node:https') : { Agent, get }
  const request = network.get(url, { agent: new network.Agent(), headers })
  request.on('socket', (socket) => {
    socket.setNoDelay(true)
    socket.unref()
  })
  let over = false
  const end = (sentence: string): void => {
    if (over) return
    over = true
    request.destroy()
    handlers.ended(sentence)
  }
  request.on('error', (error) => end(error.message || String(error)))
  request.on('response', (response) => {
    if (over) return
    const { statusCode: status = 0, headers: had } = response
    const retryAfter = Number(had['retry-after'])
    handlers.answered({
      status,
      type: had['content-type'] ?? 'nothing',
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    })
    response.on('data', (piece: Uint8Array) => {
      if (!over) handlers.piece(piece)
    })
    response.on('error', (error) => end(error.message || String(error)))
    response.on('end', () => end('the service closed the connection'))
    response.on('close', () => end('the connection broke'))
  })
  return () => {
    over = true
    request.destroy()
  }
}
