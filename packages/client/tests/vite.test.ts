import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { createServer as createTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '@keyhaven/stage/proxies/https-sites'
import { person } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { freePort } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { createLogger, createServer, preview } from 'vite'
import type { InlineConfig } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { keyhaven } from '@keyhaven/client/vite'
import type { KeyhavenViteOptions } from '@keyhaven/client/vite'

const page = mkdtempSync(join(tmpdir(), 'keyhaven-vite-'))
const data = newFolder()
const sameOrigin = { 'sec-fetch-site': 'same-origin' }
let service: Service
let api: Server
let apiOrigin = ''
let streams: ServerResponse[] = []
const closers: (() => Promise<unknown> | void)[] = []

beforeAll(async () => {
  writeFileSync(join(page, 'index.html'), '<title>The page</title>')
  mkdirSync(join(page, 'dist'))
  writeFileSync(join(page, 'dist/index.html'), '<title>The page</title>')
  service = await serve(data)
  api = createHttp(answer).listen(0, 'localhost')
  const sockets = new WebSocketServer({ noServer: true })
  api.on('upgrade', (request, socket, head) => {
    if (request.url !== '/users/socket')
      return socket.end('HTTP/1.1 403 Forbidden\r\nx-why: closed\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(`hello ${request.headers.origin}`)
      client.on('message', (message: Buffer) => client.send(`echo ${message.toString()}`))
    })
  })
  await once(api, 'listening')
  apiOrigin = `http://localhost:${(api.address() as AddressInfo).port}`
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})
afterAll(async () => {
  api.closeAllConnections()
  api.close()
  await service.close()
  rmSync(page, { recursive: true })
  rmSync(data, { recursive: true })
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/users/stream') {
    response.setHeader('content-type', 'text/event-stream').flushHeaders()
    streams.push(response)
    return
  }
  response.setHeader('set-cookie', ['one=1; Path=/', 'two=2; Path=/; HttpOnly'])
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    const { method, url, headers } = request
    response.statusCode = 201
    response.end(JSON.stringify({ method, url, headers, body }))
  })
}

interface Page {
  readonly origin: string
  readonly lines: readonly string[]
}

/** Vite's server with the plugin, by its own command or as a preview. */
async function open(
  options: KeyhavenViteOptions,
  config: InlineConfig = {},
  command: 'serve' | 'preview' = 'serve',
): Promise<Page> {
  const lines: string[] = []
  const logger = createLogger('silent')
  logger.error = (line) => lines.push(line)
  const port = config.server?.port ?? (await freePort())
  const address = { port, strictPort: true, host: 'localhost', ...config.server }
  const all: InlineConfig = {
    root: page,
    configFile: false,
    customLogger: logger,
    plugins: [keyhaven(options)],
    optimizeDeps: { noDiscovery: true },
    server: { ...address, watch: null },
    preview: address,
  }
  const server = command === 'serve' ? await (await createServer(all)).listen() : await preview(all)
  closers.push(() => server.close())
  return { origin: `${address.https ? 'https' : 'http'}://localhost:${port}`, lines }
}

const usersAt = (origin: string): KeyhavenViteOptions => ({
  url: service.address,
  paths: { '/users': origin },
})

describe('the plugin for Vite passes on', () => {
  it.each(['serve', 'preview'] as const)(
    'every cookie, as the service sends it, in vite %s (P7)',
    async (command) => {
      const { origin } = await open(usersAt(apiOrigin), {}, command)
      const issuer = `${origin}/auth`
      const ada = await person({ issuer }, { headers: sameOrigin }).signUp()
      const directly = await person(service).signUp()
      expect(ada.attributes).toEqual(directly.attributes)
      expect(ada.attributes.size).toBeGreaterThan(2)
      expect([...ada.attributes.values()].join()).not.toMatch(/Domain|Secure/)
      expect((await ada.ask('GET /user/current')).status).toBe(200)
      // A form of another site, and a page that is no part of the path
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      expect((await ada.ask('DELETE /sessions/current', undefined, foreign)).status).toBe(403)
      const below = await fetch(`${origin}/authors`, { headers: { accept: 'text/html' } })
      expect(await below.text()).toContain('The page')
    },
  )

  it('requests as they are: method, body, query, Origin; the host is the target’s', async () => {
    const { origin } = await open(usersAt(apiOrigin))
    const headers = { origin, ...sameOrigin, cookie: 'a=1; b=2' }
    const sent = await fetch(`${origin}/users/7?x=%20y`, { method: 'DELETE', body: 'why', headers })
    expect(sent.status).toBe(201)
    expect(setCookies(sent).map(({ line }) => line)).toEqual([
      'one=1; Path=/',
      'two=2; Path=/; HttpOnly',
    ])
    const seen = (await sent.json()) as { headers: Record<string, string> }
    expect(seen).toMatchObject({
      method: 'DELETE',
      url: '/users/7?x=%20y',
      body: 'why',
      headers: { ...headers, host: new URL(apiOrigin).host },
    })
    expect(Object.keys(seen.headers).filter((name) => name.startsWith('x-forwarded'))).toEqual([])
  })

  it('calls of other machines with their address, so that they count as forwarded (H24)', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
    const lan = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)
    // A machine without a network has no such calls
    if (lan === undefined) return
    const { origin } = await open(usersAt(apiOrigin), { server: { host: '0.0.0.0' } })
    const sent = await fetch(`${origin.replace('localhost', lan.address)}/users`)
    expect(((await sent.json()) as { headers: object }).headers).toMatchObject({
      'x-forwarded-for': lan.address,
      'x-forwarded-host': `${lan.address}:${new URL(origin).port}`,
      'x-forwarded-proto': 'http',
    })
  })

  it('event streams: each event at once, and their end at either side', async () => {
    const { origin } = await open(usersAt(apiOrigin))
    streams = []
    const first = await fetch(`${origin}/users/stream`)
    const reader = first.body?.pipeThrough(new TextDecoderStream()).getReader()
    streams[0]?.write('data: 1\n\n')
    expect((await reader?.read())?.value).toBe('data: 1\n\n')
    // The page goes: the API sees it
    const gone = once(streams[0] ?? api, 'close')
    await reader?.cancel()
    await gone
    // The API dies in the middle: the page sees it
    const second = await fetch(`${origin}/users/stream`)
    streams[1]?.write('data: 2\n\n')
    const rest = second.text()
    streams[1]?.socket?.destroy()
    await expect(rest).rejects.toThrow()
  })

  it('web sockets, with their Origin, and a refusal of one', async () => {
    const { origin } = await open(usersAt(apiOrigin))
    const address = `${origin.replace('http', 'ws')}/users`
    const socket = new WebSocket(`${address}/socket`, { origin })
    const messages: string[] = []
    const next = async (): Promise<void> => {
      const [data] = (await once(socket, 'message')) as [Buffer]
      messages.push(data.toString())
    }
    await next()
    socket.send('hi')
    await next()
    expect(messages).toEqual([`hello ${origin}`, 'echo hi'])
    const closed = once(socket, 'close')
    socket.close(4401)
    expect((await closed)[0]).toBe(4401)
    const refused = new WebSocket(`${address}/other`, { origin })
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage]
    expect([response.statusCode, response.headers['x-why']]).toEqual([403, 'closed'])
    response.destroy()
  })

  it('requests over https and HTTP/2', async () => {
    const { key, certificate } = await makeCertificate(['localhost'])
    const { origin } = await open(usersAt(apiOrigin), {
      server: { https: { key, cert: certificate } },
    })
    const session = connectHttp2(origin, { rejectUnauthorized: false })
    const stream = session.request({ ':path': '/users/1', ':method': 'POST' })
    stream.end('body')
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(201)
    expect(JSON.stringify(headers)).toMatch(/"one=1[^"]*","two=2/)
    let text = ''
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) text += chunk
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', url: '/users/1', body: 'body' })
    session.destroy()
  })
})

describe('a wrong target is one line in the terminal, and 502 to the page', () => {
  /** What the page gets for calls of a path, and what the terminal shows. */
  async function fault(options: KeyhavenViteOptions, path: string) {
    const { origin, lines } = await open(options)
    const answers = await Promise.all(
      [1, 2].map(() => fetch(origin + path, { method: 'POST', body: 'x' })),
    )
    for (const { status, headers } of answers) {
      expect([status, headers.get('content-type')?.slice(0, 24)]).toEqual([
        502,
        'application/problem+json',
      ])
    }
    const body = (await answers[0]?.json()) as { code: string; reason: string; detail: string }
    expect(body).toMatchObject({ code: 'unavailable', status: 502 })
    expect(lines).toEqual([`keyhaven: ${body.detail}`])
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`)
    const [, refused] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(refused.statusCode).toBe(502)
    refused.destroy()
    return `${body.reason}: ${body.detail}`
  }

  it('if nothing listens there, until something does', async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    expect(await fault({ url: `${origin}/auth` }, '/auth/user/current')).toBe(
      `nothing_listens: Nothing listens at ${origin}, to which Vite passes /auth. Start the service there, or correct url in keyhaven() of the Vite configuration.`,
    )
    const api = await open(usersAt(origin))
    expect((await fetch(`${api.origin}/users`)).status).toBe(502)
    const late = createHttp((_, response) => response.end('late')).listen(port, 'localhost')
    await once(late, 'listening')
    expect(await (await fetch(`${api.origin}/users`)).text()).toBe('late')
    late.closeAllConnections()
    late.close()
    await once(late, 'close')
    expect((await fetch(`${api.origin}/users`)).status).toBe(502)
    expect(api.lines).toHaveLength(2)
  })

  it('if there is no such host', async () => {
    expect(await fault({ url: 'http://keyhaven.invalid/auth' }, '/auth')).toContain(
      'unknown_host: There is no host',
    )
  })

  it('if what listens is no Keyhaven service, or has it at another path', async () => {
    expect(await fault({ url: `${apiOrigin}/auth` }, '/auth/sessions')).toContain(
      `not_keyhaven: ${apiOrigin} answers, but there is no Keyhaven service at ${apiOrigin}/auth (status 201)`,
    )
    const elsewhere = service.address.replace('/auth', '/login')
    expect(await fault({ url: elsewhere }, '/login/sessions')).toContain('not_keyhaven')
  })

  it('if http and https are mixed up', async () => {
    const secure = { url: service.address.replace('http:', 'https:') }
    expect(await fault(secure, '/auth')).toMatch(
      /^other_scheme: .*does not serve https: write http:/,
    )
    const tls = createTcp((socket) => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70]))).listen(
      0,
      'localhost',
    )
    await once(tls, 'listening')
    const { port } = tls.address() as AddressInfo
    const url = `http://localhost:${port}/auth`
    expect(await fault({ url }, '/auth')).toMatch(
      /^other_scheme: .*does not serve http: write https:/,
    )
    tls.close()
  })

  it('if the connection ends without an answer', async () => {
    const mute = createTcp((socket) => socket.destroy()).listen(0, 'localhost')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    expect(await fault(usersAt(`http://localhost:${port}`), '/users')).toContain(
      'connection_lost: The connection',
    )
    mute.close()
  })

  it('if the target is Vite itself, in place of an endless loop', async () => {
    const port = await freePort()
    const itself = `http://localhost:${port}`
    const { origin, lines } = await open(usersAt(itself), { server: { port } })
    const answered = await fetch(`${origin}/users/1`)
    expect([answered.status, ((await answered.json()) as { reason: string }).reason]).toEqual([
      502,
      'loop',
    ])
    expect(lines.join()).toContain('is this Vite server itself')
  })
})

describe('an option that is wrong is refused at the start, with a sentence', () => {
  const url = 'http://localhost:3000/auth'
  it.each<[unknown, string]>([
    ['http://localhost:3000/auth', 'takes an object'],
    [{ target: url }, 'has no option target'],
    [{ url: 3000 }, 'url is 3000, which is no http URL'],
    [
      { url: 'localhost:3000/auth' },
      'which is no http URL: write it as in http://localhost:4000/auth',
    ],
    [
      { url: 'http://localhost:3000' },
      'has no path: give the service’s whole URL'.replace('’', "'"),
    ],
    [
      { url: `${url}?a=b` },
      'without a user, a query and a fragment: write http://localhost:3000/auth',
    ],
    [{ url: 'http://ada:secret@localhost:3000/auth' }, 'without a user'],
    [{ paths: '/users' }, "paths must be a list such as ['/users']"],
    [{ paths: ['users'] }, 'no plain path'],
    [{ paths: ['^/api/.*'] }, 'no plain path'],
    [{ paths: ['//evil.example/x'] }, 'no plain path'],
    [{ paths: ['/'] }, 'the page itself'],
    [{ paths: ['/auth'] }, 'is the path of url'],
    [{ paths: ['/users', '/users/'] }, 'it has already'],
    [
      { paths: { '/users': 'http://localhost:3001/users' } },
      'has a path: write http://localhost:3001',
    ],
    [{ paths: { '/users': undefined } }, 'which is no http URL'],
  ])('%j', (options, sentence) => {
    const make = (): unknown => keyhaven(options as KeyhavenViteOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(sentence)
  })
})
