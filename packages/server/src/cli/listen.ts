import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** What listens, and how its endless answers are ended. */
interface Service {
  readonly listener: RequestListener
  readonly endStreams: () => void
}

interface Address {
  readonly host: string
  readonly port: number
}

/** Milliseconds that running requests are given when the process is asked to stop. */
const GRACE = 8000

/** Listens with bounds on every wait; the answer stops it, gently first. */
export async function listen(
  { listener, endStreams }: Service,
  { host, port }: Address,
): Promise<() => Promise<void>> {
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5000,
    maxHeaderSize: 16_384,
  })
  const closeWhenIdle = countRequests(server)
  server.on('request', listener)
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new Error(sentenceOf(error, { host, port }), { cause: error })
  }
  return async () => {
    const closed = once(server, 'close')
    server.close()
    endStreams()
    closeWhenIdle()
    const hard = setTimeout(() => server.closeAllConnections(), GRACE)
    await closed
    clearTimeout(hard)
  }
}

/**
 * Counts the running requests of each connection; the answer closes every connection that has none,
 * now or later. Node's own `closeIdleConnections` leaves those on which nothing was ever asked, as
 * browsers open them ahead.
 */
function countRequests(server: Server): () => void {
  const running = new Map<Socket, number>()
  let closing = false
  server.on('connection', (socket: Socket) => {
    running.set(socket, 0)
    socket.once('close', () => running.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    running.set(socket, (running.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (running.get(socket) ?? 1) - 1
      if (running.has(socket)) running.set(socket, left)
      if (closing && left === 0) socket.destroySoon()
    })
  })
  return () => {
    closing = true
    for (const [socket, count] of running) if (count === 0) socket.destroy()
  }
}

function sentenceOf(error: unknown, { host, port }: Address): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is taken: stop what uses it, or set KEYHAVEN_PORT to a free one.`
  }
  if (code === 'EACCES')
    return `Port ${port} needs more rights: set KEYHAVEN_PORT to 1024 or higher.`
  if (code === 'EADDRNOTAVAIL') return `${host} is no address of this machine: set KEYHAVEN_HOST.`
  return error instanceof Error ? error.message : String(error)
}
