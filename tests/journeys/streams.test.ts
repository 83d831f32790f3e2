import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNativeAuth, memoryStorage } from '@keyhaven/client/native'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { authOf, expressGuard } from '@keyhaven/guard/express'
import { wsGuard } from '@keyhaven/guard/ws'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import express from 'express'
import type { Express, Response } from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { access } from '../../examples/notes/access.ts'
import type { StreamsPage } from './pages/streams.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { bundledPage } from '@keyhaven/stage/browser/page-site'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { password } from '@keyhaven/stage/http/person'
import { testLog } from '@keyhaven/stage/processes/log'
import { freePort, until } from '@keyhaven/stage/processes/process'

declare const page: StreamsPage

const data = mkdtempSync(join(tmpdir(), 'keyhaven-streams-'))
const servers: Server[] = []
/** Requests that were to open a stream: the path, and the id of the last event. */
const opened: string[] = []
const responses = new Set<Response>()

let service: Keyhaven<typeof access>
let guard: Guard
let browser: Browser
let tab: Page
let origin = ''
/** An API of another site, which no cookie reaches. */
let elsewhere = ''

function addStreams(app: Express): void {
  app.get('/api/events', (request, response) => {
    const last = Buffer.from(String(request.headers['last-event-id'] ?? ''), 'latin1').toString()
    opened.push(`/api/events ${last}`)
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const { id } = authOf(request).account
    response.write(`retry: 100\nid: café ${opened.length}\nevent: hello\ndata: ${id}\ndata: x\n\n`)
    responses.add(response)
    response.on('close', () => responses.delete(response))
  })
  app.get('/api/brief', (_request, response) => {
    opened.push('/api/brief')
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(':\r\n\r\n')
  })
  app.get('/api/json', (_request, response) => void response.json({ opened: opened.push('json') }))
  app.get('/api/none', (_request, response) => {
    opened.push('/api/none')
    response.status(204).end()
  })
}

/** A server with web sockets: `/deaf` is one without a guard, which ignores the end of a session. */
async function start(app: Express, port: number, ofGuard: Guard): Promise<void> {
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('connection', (socket) => {
    socket.send('welcome')
    socket.on('message', (text) => socket.send(`got ${(text as Buffer).toString()}`))
  })
  const guarded = wsGuard(ofGuard as Guard<typeof access>, sockets)
  const forAdmins = wsGuard(ofGuard as Guard<typeof access>, sockets, { scope: 'notes:admin' })
  const server = createServer(app).on('upgrade', (request, socket, head) => {
    opened.push(request.url?.replace(/\?.*/, '') ?? '')
    if (request.url === '/api/deaf') {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client))
    } else (request.url === '/api/admin' ? forAdmins : guarded)(request, socket, head)
  })
  servers.push(server.listen(port, '127.0.0.1'))
  await once(server, 'listening')
}

beforeAll(async () => {
  const [port, otherPort] = [await freePort(), await freePort()]
  origin = `http://localhost:${port}`
  elsewhere = `http://127.0.0.1:${otherPort}`
  const database = await databaseIn(data)
  const environment = { NODE_ENV: 'test' }
  const url = `${origin}/auth`
  service = await createKeyhaven({ data, database, url, access, environment, log: testLog() })
  const scripts = await bundledPage('streams.ts', 'production')
  const app = express()
  app.use((request, response, next) => {
    const script = scripts.get(request.path)
    if (script !== undefined) response.type('text/javascript').send(script)
    else if (request.path !== '/') next()
    else response.send('<!doctype html><body><script type="module" src="/page.js"></script>')
  })
  app.use(service.express())
  addStreams(app)
  await start(app, port, service.guard as unknown as Guard)
  const feedKey = await service.guards.add('elsewhere', { url: [elsewhere] })
  guard = createGuard({ issuer: url, feedKey, log: () => {} })
  await guard.ready()
  const other = express()
  other.use(expressGuard(guard))
  addStreams(other)
  await start(other, otherPort, guard)
  browser = await launchChromium()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  guard?.close()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  await service?.close()
  rmSync(data, { recursive: true, force: true })
})

const visit = async (): Promise<Page> => {
  tab = await (await browser.newContext()).newPage()
  await tab.goto(`${origin}/?origin=${encodeURIComponent(elsewhere)}`)
  await tab.waitForSelector('[data-status=signed-out]', { state: 'attached' })
  return tab
}
const enter = async (email: string): Promise<string> => {
  const input = { email, password }
  await tab.evaluate((person) => page.auth.signUp(person), input)
  return (await tab.evaluate(() => page.auth.state.account?.id)) ?? ''
}
const untilReported = (line: string, of = tab): Promise<unknown> =>
  of.waitForFunction((wanted) => page.reports.some((one) => one.startsWith(wanted)), line, {
    timeout: 8000,
  })
const takeReports = (): Promise<string[]> => tab.evaluate(() => page.reports.splice(0))
const events = (name: string, url: string): Promise<string> =>
  tab.evaluate((given) => page.events(...given), [name, url] as const)
const socket = (name: string, url: string): Promise<string> =>
  tab.evaluate((given) => page.socket(...given), [name, url] as const)
const openedAs = (start: string): string[] => opened.filter((line) => line.startsWith(start))

describe('the streams of a page', () => {
  it('need a person, an origin of the store, and a scheme that fits (P22)', async () => {
    await visit()
    expect(await events('a', '/api/events')).toContain('You are signed out')
    expect(await socket('a', 'wss://evil.example/live')).toBe(
      "https://evil.example is none of this store's origins: list it in createAuth({ origins: ['https://evil.example'] }).",
    )
    for (const wrong of ['ws://localhost/', 'data:,x', 'http://'])
      expect(await events('a', wrong)).toContain('is no address of a stream')
    expect(await socket('a', 'ftp://localhost/')).toContain('begins with ws://, wss:// or https://')
    expect(opened).toEqual([])
  })

  it('have cookies on the own origin, and a ticket for each connection elsewhere (P22)', async () => {
    const id = await enter('ann@example.com')
    for (const [name, base] of [
      ['own', ''],
      ['other', elsewhere],
    ] as const) {
      expect([
        await events(name, `${base}/api/events`),
        await socket(`${name}-socket`, `${base}/api/live`),
      ]).toEqual(['', ''])
      await untilReported(`${name} hello ${id}/x café`)
      await untilReported(`${name}-socket says welcome`)
      await tab.evaluate(
        (which) => (page.streams[`${which}-socket`] as { send(text: string): void }).send('hi'),
        name,
      )
      await untilReported(`${name}-socket says got hi`)
    }
    await takeReports()
    // Both servers break the connections: the next ones report the last event, with a ticket of their own
    for (const response of responses) response.destroy()
    await untilReported('own open')
    await untilReported('other open')
    expect(openedAs('/api/events café')).toHaveLength(2)
    expect(await tab.evaluate(() => document.cookie)).not.toContain('ticket')
  })

  it('are opened again after a renewal when their token is revoked (P22)', async () => {
    await takeReports()
    const id = (await tab.evaluate(() => page.auth.state.account?.id)) ?? ''
    const before = openedAs('/api/live').length
    await service.accounts.removeRole(id, 'editor')
    for (const name of ['own', 'other', 'own-socket', 'other-socket'])
      await untilReported(`${name} open`)
    expect(openedAs('/api/live').length - before).toBe(2)
    expect(
      (await takeReports()).filter((line) => line.includes('over') || line.includes('close')),
    ).toEqual([])
  })

  it('do not storm a server that refuses, ends or has nothing', async () => {
    await takeReports()
    await socket('refused', '/api/admin')
    await untilReported('refused close 1006')
    expect(openedAs('/api/admin').length).toBeLessThanOrEqual(2)
    const refused = await tab.evaluate(async () => {
      const result = await page.auth.webSocket('/api/live', { protocols: 'two words' })
      if (!result.ok) return result.error.detail
      return new Promise((resolve) => {
        result.socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`)
      })
    })
    expect(refused).toMatch(/^1006 .*two words/)
    await events('json', '/api/json')
    await untilReported('json over invalid_request')
    await events('none', '/api/none')
    await untilReported('none over invalid_request')
    expect(openedAs('/api/none')).toHaveLength(1)
    await events('brief', '/api/brief')
    await until('it is opened again', () => openedAs('/api/brief').length === 2)
    const state = await tab.evaluate(() => {
      const { brief } = page.streams
      brief?.close()
      return [brief?.readyState, page.streams['json']?.readyState]
    })
    expect(state).toEqual([2, 2])
  })

  it('end with their person, in every tab, also at a server that ignores the end (P22, P14)', async () => {
    await socket('deaf', '/api/deaf')
    await untilReported('deaf open')
    const first = tab
    const second = await tab.context().newPage()
    await second.goto(origin)
    await second.waitForSelector('[data-status=signed-in]', { state: 'attached' })
    await takeReports()
    await second.evaluate(() => page.auth.signOut())
    await untilReported('deaf close 4401 signed_out', first)
    await untilReported('own-socket close 4401', first)
    await untilReported('own over signed_out', first)
    const all = await takeReports()
    // Each reports its end once, and opens no more
    for (const name of ['own', 'other'])
      expect(all.filter((line) => line.startsWith(`${name} over`))).toHaveLength(1)
    const before = opened.length
    // Another person gets none of the former one's streams
    await enter('ben@example.com')
    expect(await events('mine', '/api/events')).toBe('')
    await untilReported('mine hello')
    expect(opened.length - before).toBe(1)
    await until('the former streams are closed', () => responses.size === 1)
  })

  it('end with the session that an administrator ends', async () => {
    await takeReports()
    await socket('live', '/api/live')
    await untilReported('live says welcome')
    const session = (await tab.evaluate(() => page.auth.state.session?.id)) ?? ''
    await service.sessions.end(session)
    await untilReported('live close 4401')
    await untilReported('mine over')
    expect(await tab.evaluate(() => page.auth.state.status)).toBe('signed-out')
  })

  it('of an app have its token as a header, and sockets a ticket', async () => {
    const auth = createNativeAuth({ url: `${origin}/auth`, storage: memoryStorage() })
    const made = await auth.signUp({ email: 'app@example.com', password })
    expect(made.ok).toBe(true)
    const said: string[] = []
    const events = await auth.eventSource(`${origin}/api/events`)
    if (!events.ok) throw new Error(events.error.detail)
    events.source.addEventListener('hello', (event) => {
      said.push((event as MessageEvent<string>).data.split('\n')[0] ?? '')
    })
    const live = await auth.webSocket(`${origin}/api/live`)
    if (!live.ok) throw new Error(live.error.detail)
    live.socket.onmessage = ({ data }) => said.push(String(data))
    await until('both have spoken', () => said.length === 2)
    expect(new Set(said)).toEqual(new Set([auth.state.account?.id, 'welcome']))
    const ends = [once(events.source, 'error'), once(live.socket, 'close')]
    await auth.signOut()
    await Promise.all(ends)
    expect([events.source.readyState, live.socket.readyState]).toEqual([2, 3])
  })
})
