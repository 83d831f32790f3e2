import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { listen } from './listen.ts'

const host = '127.0.0.1'
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Listening {
  readonly port: number
  readonly stop: () => Promise<void>
}

async function start(listener: RequestListener): Promise<Listening> {
  const port = await freePort()
  return { port, stop: await listen({ listener, endStreams: () => {} }, { host, port }) }
}

/** A connection, with all that came over it. */
async function open(port: number): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, host)
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return { socket, received: () => received }
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('listen', () => {
  it('finishes the running answer before it stops, and takes no new connection', async () => {
    let respond: ((response: ServerResponse) => void) | undefined
    const arrived = new Promise<ServerResponse>((resolve) => (respond = resolve))
    const { port, stop } = await start((_, response) => respond?.(response))
    const { socket, received } = await open(port)
    socket.write(REQUEST)
    const response = await arrived
    const stopped = stop()
    await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow()
    const gone = once(socket, 'close')
    response.end(`${'x'.repeat(1_000_000)} whole answer`)
    await Promise.all([stopped, gone])
    expect(received()).toMatch(/ whole answer$/)
  })
  it('does not wait for connections on which nothing is asked', async () => {
    const { port, stop } = await start((_, response) => response.end('done'))
    const silent = await open(port)
    const kept = await open(port)
    kept.socket.write(REQUEST)
    await once(kept.socket, 'data')
    const closed = Promise.all([once(silent.socket, 'close'), once(kept.socket, 'close')])
    // Below both the header time-out and the hard stop, so only an idle close can end it
    const late = AbortSignal.timeout(4000)
    const tooLate = once(late, 'abort').then(() => 'late')
    expect(await Promise.race([stop().then(() => 'stopped'), tooLate])).toBe('stopped')
    await closed
  })
  it('answers 431 to headers over 16 KiB', async () => {
    const { port, stop } = await start((_, response) => response.end('done'))
    const { socket, received } = await open(port)
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    await once(socket, 'close')
    expect(received()).toMatch(/^HTTP\/1\.1 431 /)
    await stop()
  })
  it('says which port is taken, and where another one is set', async () => {
    const { port, stop } = await start((_, response) => response.end())
    const service = { listener: () => {}, endStreams: () => {} }
    await expect(listen(service, { host, port })).rejects.toThrow(
      `Port ${port} on ${host} is taken: stop what uses it, or set KEYHAVEN_PORT to a free one.`,
    )
    await stop()
  })
})
