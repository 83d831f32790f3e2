import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { makeCertificate } from '@keyhaven/stage/proxies/https-sites'
import { nginxExample, startNginx } from '@keyhaven/stage/proxies/nginx'
import type { Nginx } from '@keyhaven/stage/proxies/nginx'
import { answers, freePort, keyhaven, root, run, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { cookieAfter } from '@keyhaven/stage/http/set-cookies'

const issuer = 'https://app.example/auth'
const password = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-behind-nginx-'))
const agent = new Agent({ keepAlive: true })
const ports: number[] = []
const services: RunningProcess[] = []
let environment: Record<string, string>
let nginx: Nginx
let port: number
let plainPort: number
let key: string
let certificate: string

/** One of two processes on one database; each has a data folder of its own. */
async function start(which: 0 | 1): Promise<void> {
  const own = { KEYHAVEN_PORT: String(ports[which]), KEYHAVEN_DATA: join(folder, `data-${which}`) }
  services[which] = run([...keyhaven, 'start'], { environment: { ...environment, ...own } })
  await until('it answers', () => answers(`http://127.0.0.1:${ports[which]}/auth/health/ready`))
}

beforeAll(async () => {
  ports.push(await freePort(), await freePort())
  environment = {
    NODE_ENV: 'production',
    KEYHAVEN_URL: issuer,
    KEYHAVEN_DATABASE: await databaseIn(folder),
    KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
    KEYHAVEN_EMAIL_VERIFICATION: 'off',
  }
  await Promise.all([start(0), start(1)])
  const add = run([...keyhaven, 'guards', 'add', 'notes-api', '--json'], {
    environment: { ...environment, KEYHAVEN_DATA: join(folder, 'data-0') },
  })
  expect(await add.exited, add.output()).toBe(0)
  key = (JSON.parse(add.output()) as { key: string }).key
  const made = await makeCertificate(['app.example'])
  certificate = made.certificate
  writeFileSync(join(folder, 'key.pem'), made.key)
  writeFileSync(join(folder, 'certificate.pem'), made.certificate)
  port = await freePort()
  plainPort = await freePort()
  const services = [ports[0] ?? 0, ports[1] ?? 0] as const
  const example = nginxExample({ services, http: plainPort, https: port, folder })
  nginx = await startNginx(() => 'return 204;', example)
})
afterAll(async () => {
  agent.destroy()
  await nginx?.close()
  for (const service of services) await service.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** What nginx answers to the page's own host. */
function open(path: string, { method = 'GET', headers, body }: Ask = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        port,
        host: '127.0.0.1',
        servername: 'app.example',
        ca: certificate,
        path: `/auth${path}`,
        method,
        headers: {
          host: 'app.example',
          origin: 'https://app.example',
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      resolve,
    )
    sent.on('error', reject).end(body && JSON.stringify(body))
  })
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function ask(path: string, wanted?: Ask): Promise<Answer> {
  const response = await open(path, wanted)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  }
}

let people = 0

/** Somebody new: her cookies. */
async function newcomer(headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const email = `person${++people}@example.com`
  const answer = await ask('/accounts', { method: 'POST', headers, body: { email, password } })
  expect(answer.status, answer.body).toBe(201)
  return cookieAfter(answer)
}

describe('two services behind the nginx of deploy/nginx', () => {
  it('are one to a browser: Secure cookies, any process knows the session (R40)', async () => {
    const cookie = await newcomer()
    expect(cookie).toContain('__Host-Http-keyhaven=')
    for (let time = 0; time < 8; time++) {
      expect((await ask('/user/current', { headers: { cookie } })).status).toBe(200)
    }
  })

  it('speak HTTP/2 and IPv6, send plain http to https, and pass the metadata’s other place on (operator 25, 28)', async () => {
    const client = connect(`https://[::1]:${port}`, {
      ca: certificate,
      servername: 'app.example',
    })
    const stream = client.request({
      ':authority': 'app.example',
      ':path': '/.well-known/oauth-authorization-server/auth',
    })
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(200)
    expect(JSON.parse(await text(stream))).toMatchObject({ issuer })
    client.destroy()
    for (const host of ['127.0.0.1', '[::1]']) {
      const plain = await fetch(`http://${host}:${plainPort}/auth/user/current?x=1`, {
        headers: { host: 'app.example' },
        redirect: 'manual',
      })
      expect(plain.status).toBe(301)
      expect(plain.headers.get('location')).toMatch(/^https:\/\/[^/]+\/auth\/user\/current\?x=1$/)
    }
  })

  it('see the client’s own address, whatever headers it sends (HTTP-3)', async () => {
    const forged = { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6' }
    await newcomer({ ...forged, 'x-forwarded-proto': 'http' })
    const created = run(
      [...keyhaven, 'accounts', 'create', '--email', 'root@example.com', '--role', 'admin'],
      {
        environment: { ...environment, KEYHAVEN_DATA: join(folder, 'data-0') },
        input: password,
      },
    )
    expect(await created.exited, created.output()).toBe(0)
    const login = { login: 'root@example.com', password }
    const cookie = cookieAfter(await ask('/sessions', { method: 'POST', body: login }))
    const { body } = await ask('/audit', { headers: { cookie } })
    const { items } = JSON.parse(body) as { items: { address: string | null }[] }
    const addresses = new Set(items.map(({ address }) => address).filter((one) => one !== null))
    expect([...addresses]).toEqual(['127.0.0.1'])
  })

  it('pass events as they come: a heartbeat each second, none held back', async () => {
    const authorization = `Bearer ${key}`
    const feed = await open('/revocations', {
      headers: { authorization, accept: 'text/event-stream' },
    })
    expect(feed.statusCode).toBe(200)
    const beats: number[] = []
    feed.on('data', (chunk: Buffer) => {
      if (chunk.includes('event: heartbeat')) beats.push(performance.now())
    })
    await until('four heartbeats have come', () => beats.length >= 4)
    // Four that were held back would come at once
    const [first = 0, last = 0] = [beats[0], beats[3]]
    expect(last - first).toBeGreaterThan(2000)
    feed.destroy()
  })

  it('are left by idle connections before they close them themselves', async () => {
    const { headers } = await fetch(`http://127.0.0.1:${ports[0]}/auth/health/live`)
    const patience = Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])
    const idle = [
      ['nginx/keyhaven.conf', /keepalive_timeout (\d+)s;/],
      ['caddy/Caddyfile', /keepalive (\d+)s$/m],
    ] as const
    for (const [file, pattern] of idle) {
      const text = readFileSync(join(root, 'deploy', file), 'utf8')
      expect(Number(pattern.exec(text)?.[1]), file).toBeLessThan(patience)
    }
  })

  it('refuse a body over 64 KiB as the service does, though nginx answers (attacks 12)', async () => {
    const { status, headers, body } = await ask('/sessions', {
      method: 'POST',
      body: { login: 'x'.repeat(70_000), password },
    })
    expect(status).toBe(413)
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    })
    expect(JSON.parse(body)).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  it('keep the figures of each process from the outside', async () => {
    const headers = { authorization: `Bearer ${key}` }
    const hidden = await ask('/metrics', { headers })
    expect(hidden).toMatchObject({ status: 404, headers: { 'x-content-type-options': 'nosniff' } })
    const direct = await fetch(`http://127.0.0.1:${ports[0]}/auth/metrics`, { headers })
    expect(direct.status).toBe(200)
  })

  it('are killed and restarted under load: answers are 200, 401 or 503, no user is signed out', async () => {
    const cookies = await Promise.all([newcomer(), newcomer(), newcomer()])
    const seen = new Map<number, number>()
    const strange: string[] = []
    let over = false
    const note = ({ status, headers, body }: Answer): void => {
      seen.set(status, (seen.get(status) ?? 0) + 1)
      const isOurs = /json/.test(headers['content-type'] ?? '')
      const isCalm = status !== 503 || headers['retry-after'] !== undefined
      if (!isOurs || !isCalm) strange.push(`${status} ${body.slice(0, 80)}`)
    }
    const visits = cookies.map(async (cookie) => {
      while (!over) note(await ask('/user/current', { headers: { cookie } }))
    })
    const guesses = async (): Promise<void> => {
      while (!over) {
        const login = `nobody${++people}@example.com`
        note(await ask('/sessions', { method: 'POST', body: { login, password } }))
      }
    }
    const busy = [...visits, guesses()]
    const answered = (): number => [...seen.values()].reduce((sum, one) => sum + one, 0)
    for (const which of [0, 1, 0] as const) {
      const before = answered()
      await until('requests are answered', () => answered() > before + 20)
      await services[which]?.stop('SIGKILL')
      const killed = answered()
      await until('the other one answers', () => answered() > killed + 20)
      await start(which)
    }
    // Both at once: nginx has nobody to ask
    await Promise.all(services.map((service) => service.stop('SIGKILL')))
    const refusals = seen.get(503) ?? 0
    await until('nginx says to come again', () => (seen.get(503) ?? 0) > refusals + 3)
    await Promise.all([start(0), start(1)])
    const back = seen.get(200) ?? 0
    await until('they are back', () => (seen.get(200) ?? 0) > back + 20)
    over = true
    await Promise.all(busy)
    expect(strange).toEqual([])
    const limited = [...seen.keys()].filter((status) => ![200, 401, 503].includes(status))
    expect(limited).toEqual([])
    for (const cookie of cookies) {
      expect((await ask('/user/current', { headers: { cookie } })).status).toBe(200)
    }
  })
})
