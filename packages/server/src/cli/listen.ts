import { createServer } from 'node:http'
import type { RequestListener, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { errorCode, errorMessage } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { Settings } from '../config/settings.ts'
import { brokenRequest, bytesOf } from '../http/hosts/broken-request.ts'
import { siteOf } from '../http/site.ts'
import type { Site } from '../http/site.ts'

/** The request listener, and the function that ends its open event streams. */
interface Service {
  readonly listener: RequestListener
  readonly endStreams: () => void
  readonly settings: Settings
}

type Address = Pick<Settings, 'host' | 'port'>

/** Milliseconds that running requests get after a signal to stop. */
const GRACE = 8000

/**
 * Starts an HTTP server with a bound on every wait.
 * @returns a function that stops it, waiting for running requests first.
 */
export async function listen(service: Service): Promise<() => Promise<void>> {
  const { host, port } = service.settings
  if (host !== 'localhost') return (await listenAt(service, { host, port })).stop
  // A browser or a health check that resolves the name may take either address
  const first = await listenAt(service, { host: '127.0.0.1', port })
  try {
    const second = await listenAt(service, { host: '::1', port: first.port })
    return async () => void (await Promise.all([first.stop(), second.stop()]))
  } catch (error) {
    if (isMissing(error)) return first.stop
    await first.stop()
    throw error
  }
}

/** Whether the machine has no such address, such as a kernel or container without IPv6. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error ? errorCode(error.cause) : undefined
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code ?? '')
}

interface Listening {
  /** The chosen port if 0 was requested. */
  readonly port: number
  readonly stop: () => Promise<void>
}

async function listenAt(
  { listener, endStreams, settings }: Service,
  { host, port }: Address,
): Promise<Listening> {
  const server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: settings.keepAlive * 1000,
    maxHeaderSize: 16_384,
    // Node would answer without this service's headers
    requireHostHeader: false,
  })
  const { closeWhenIdle, answerOf } = watchConnections(server)
  answerBroken(server, listener, { site: siteOf(settings, () => {}), answerOf })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw refusalOf(error, { host, port })
  }
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    endStreams()
    closeWhenIdle()
    const hard = setTimeout(() => server.closeAllConnections(), GRACE)
    await closed
    clearTimeout(hard)
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

interface Answers {
  readonly site: Site
  readonly answerOf: (socket: Socket) => ServerResponse | undefined
}

/** Passes requests on, and answers malformed requests in place of Node. */
function answerBroken(
  server: Server,
  listener: RequestListener,
  { site, answerOf }: Answers,
): void {
  const refuse = (response: ServerResponse): void => {
    const { status, headers, body } = brokenRequest(undefined, site)
    response.writeHead(status, { ...headers } as Record<string, string>).end(body)
  }
  server.on('request', (request, response) => {
    // HTTP/1.0 has no Host header (RFC 9112 §3.2)
    if (request.headers.host === undefined && request.httpVersion !== '1.0') refuse(response)
    else listener(request, response)
  })
  server.on('checkExpectation', (_, response) => refuse(response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // A response that has begun can't be replaced
    if (!socket.writable || answerOf(socket)?.headersSent) return void socket.destroy()
    socket.end(bytesOf(brokenRequest(error.code, site)), () => socket.destroy())
  })
}

interface Connections {
  /** Closes every connection without a running request, now or as soon as its request ends. */
  readonly closeWhenIdle: () => void
  /** The oldest running response of a connection: the one to be written next. */
  readonly answerOf: (socket: Socket) => ServerResponse | undefined
}

/**
 * Tracks the running responses of each connection. Node's `closeIdleConnections` keeps connections
 * that never had a request, which browsers open ahead.
 */
function watchConnections(server: Server): Connections {
  const running = new Map<Socket, Set<ServerResponse>>()
  let closing = false
  server.on('connection', (socket: Socket) => {
    running.set(socket, new Set())
    socket.once('close', () => running.delete(socket))
  })
  const begin = ({ socket }: { readonly socket: Socket }, response: ServerResponse): void => {
    running.get(socket)?.add(response)
    response.once('close', () => {
      const left = running.get(socket)
      left?.delete(response)
      if (closing && left?.size === 0) socket.destroySoon()
    })
  }
  server.on('request', begin)
  server.on('checkExpectation', begin)
  return {
    closeWhenIdle: () => {
      closing = true
      for (const [socket, answers] of running) if (answers.size === 0) socket.destroy()
    },
    answerOf: (socket) => [...(running.get(socket) ?? [])].at(0),
  }
}

/**
 * Failures that no restart fixes are configuration errors, so that a supervisor does not restart
 * the process.
 */
function refusalOf(error: unknown, { host, port }: Address): Error {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} on ${host} is taken: stop what uses it, or set KEYHAVEN_PORT to a free one.`,
        { cause: error },
      )
    case 'EACCES':
      return new ConfigurationError(
        `Port ${port} needs more rights: set KEYHAVEN_PORT to 1024 or higher.`,
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    // The result on a machine without a network, which can't resolve any name
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new ConfigurationError(
        `${host} is not an address of this machine: set KEYHAVEN_HOST to one, such as 127.0.0.1 or 0.0.0.0.`,
        { cause: error },
      )
    default:
      return error instanceof Error ? error : new Error(errorMessage(error))
  }
}
