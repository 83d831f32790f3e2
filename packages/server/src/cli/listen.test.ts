import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Settings } from '../config/settings.ts'
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

/** What a start without any setting gets. */
const settings: Settings = {
  issuer: 'http://localhost:4000/auth',
  issuerIsDefault: true,
  host: 'localhost',
  port: 4000,
  keepAlive: 65,
  logLevel: 'info',
  development: true,
  checksAnswers: false,
  data: '/data',
  database: { file: '/data/keyhaven.sqlite' },
  masterKey: { file: '/data/master.key' },
  pepperFile: undefined,
  access: { scopes: [], roles: {}, defaultRoles: [], rules: {} },
  audiences: ['http://localhost:4000'],
  lifetimes: {
    preset: 'business',
    accessTtl: 600,
    idle: 28_800,
    absolute: 2_592_000,
    apiKeyMax: 31_536_000,
  },
  stepUp: 600,
  maxStaleness: 60,
  alg: 'ES256',
  allowedOrigins: [],
  bearerOrigins: { native: [], pages: [] },
  trustProxy: [],
  hsts: true,
  cookies: { name: 'keyhaven', domain: undefined, sameSite: 'strict', claims: false },
  mode: 'token',
  emailVerification: 'off',
  eraseAfter: 1_209_600,
  factors: { policy: 'optional', rpId: 'localhost', origins: [], anyPort: true },
  mail: {
    place: 'mailbox',
    from: { name: '', address: 'no-reply@localhost' },
    templates: undefined,
    pages: 'http://localhost:4000/auth/pages',
    perHour: 1000,
    notices: true,
    signIn: false,
  },
  passwords: { minLength: 8, resetEndsKeys: true },
  breaches: undefined,
  brand: undefined,
  testing: false,
  exchange: { audiences: [], trust: [], allowPrivate: [] },
  overridden: [],
}

const at = (address: Partial<Settings>): Settings => ({ ...settings, host, ...address })

interface Listening {
  readonly port: number
  readonly stop: () => Promise<void>
}

async function start(listener: RequestListener): Promise<Listening> {
  const port = await freePort()
  return { port, stop: await listen({ listener, endStreams: () => {}, settings: at({ port }) }) }
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
  it('listens on both addresses of localhost, and stops on both (reports F21)', async () => {
    const port = await freePort()
    const answer = (_: unknown, response: ServerResponse): void => void response.end('here')
    const stop = await listen({
      listener: answer,
      endStreams: () => {},
      settings: at({ port, host: 'localhost' }),
    })
    const urls = [`http://127.0.0.1:${port}`, `http://[::1]:${port}`]
    for (const url of urls) expect(await (await fetch(url)).text()).toBe('here')
    await stop()
    for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed')
    // Nobody else may take half of the name
    const other = createServer().listen(port, '::1')
    await once(other, 'listening')
    const taken = listen({
      listener: answer,
      endStreams: () => {},
      settings: at({ port, host: 'localhost' }),
    })
    await expect(taken).rejects.toThrow(`Port ${port} on ::1 is taken`)
    await expect(fetch(urls[0] ?? '')).rejects.toThrow('fetch failed')
    other.close()
  })
  it('finishes the running response before it stops, and accepts no new connection', async () => {
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
  it('does not wait for connections without a request', async () => {
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
  it('reports the port that is taken, and the setting for another one', async () => {
    const { port, stop } = await start((_, response) => response.end())
    const service = { listener: () => {}, endStreams: () => {}, settings: at({ port }) }
    await expect(listen(service)).rejects.toThrow(
      `Port ${port} on ${host} is taken: stop what uses it, or set KEYHAVEN_PORT to a free one.`,
    )
    await stop()
  })
  it.each([
    ['a request line that is none', 'nonsense\r\n\r\n', 400, 'invalid_request'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'invalid_request'],
    ['an expectation', `${REQUEST.slice(0, -2)}Expect: a miracle\r\n\r\n`, 400, 'invalid_request'],
    [
      'two lengths',
      `${REQUEST.slice(0, -2)}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'invalid_request',
    ],
    [
      'long headers',
      `${REQUEST.slice(0, -2)}X: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'invalid_request',
    ],
    [
      'long chunk extensions',
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`,
      413,
      'payload_too_large',
    ],
  ])('answers %s with the headers of every answer (attacks 12)', async (_, text, status, code) => {
    const { port, stop } = await start((request, response) => {
      request.resume().on('end', () => response.end('done'))
    })
    const { socket, received } = await open(port)
    socket.write(text)
    await once(socket, 'close')
    const [head = '', body = ''] = received().split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    for (const header of ['x-content-type-options: nosniff', 'cache-control: no-store']) {
      expect(head).toContain(header)
    }
    expect(head).toContain('content-type: application/problem+json')
    expect(JSON.parse(body)).toMatchObject({ status, code })
    await stop()
  })
  it('serves HTTP/1.0, which has no Host header', async () => {
    const { port, stop } = await start((_, response) => response.end('done'))
    const { socket, received } = await open(port)
    socket.write('GET / HTTP/1.0\r\n\r\n')
    await once(socket, 'close')
    expect(received()).toMatch(/ 200 OK[^]*done$/)
    await stop()
  })
  it('breaks off an answer that has begun, and writes nothing into it', async () => {
    const { port, stop } = await start((_, response) => void response.write('begun'))
    const { socket, received } = await open(port)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    await once(socket, 'data')
    socket.write('nonsense\r\n')
    await once(socket, 'close')
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1)
    await stop()
  })
  it('keeps an idle connection for as long as it is set (reports F13)', async () => {
    const { port, stop } = await start((_, response) => response.end('done'))
    const response = await fetch(`http://${host}:${port}/`)
    expect(response.headers.get('keep-alive')).toBe('timeout=65')
    await response.text()
    await stop()
  })
  it('at localhost listens on both loopback addresses, and stops on both (reports F21)', async () => {
    const port = await freePort()
    const listener: RequestListener = (_, response) => response.end('done')
    const both = at({ host: 'localhost', port })
    const stop = await listen({ listener, endStreams: () => {}, settings: both })
    const addresses = [`http://127.0.0.1:${port}/`, `http://[::1]:${port}/`]
    for (const address of addresses) expect(await (await fetch(address)).text()).toBe('done')
    await stop()
    for (const address of addresses) await expect(fetch(address)).rejects.toThrow()
  })
  it('reports on which of the two a port is taken, and releases the other', async () => {
    const port = await freePort()
    const other = createServer().listen(port, '::1')
    await once(other, 'listening')
    const both = {
      listener: () => {},
      endStreams: () => {},
      settings: at({ host: 'localhost', port }),
    }
    await expect(listen(both)).rejects.toThrow(`Port ${port} on ::1 is taken`)
    other.close()
    await once(other, 'close')
    await (await listen(both))()
  })
  it.each(['nosuch.invalid', '203.0.113.7', '127.0.0.1:4000'])(
    'reports a host of another machine as a wrong configuration: %s (operator 27)',
    async (wrong) => {
      const address = at({ host: wrong, port: await freePort() })
      const error: unknown = await listen({
        listener: () => {},
        endStreams: () => {},
        settings: address,
      }).catch((one: unknown) => one)
      expect(error).toMatchObject({ name: 'ConfigurationError' })
      expect(String(error)).toContain(
        `${wrong} is not an address of this machine: set KEYHAVEN_HOST`,
      )
    },
  )
})
