import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { bearer, codeOf, newPerson, password, person, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const breached = 'correct horse of a breach'
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase()
/** A range: hashes of other passwords, and padding. */
const others = Array.from({ length: 20 }, (_, at) => `${sha1(`other ${at}`).slice(5)}:${at}`)
const rangeWith = (...lines: readonly string[]): string => [...others, ...lines].join('\r\n')
const lineOf = (text: string, count = 7): string => `${sha1(text).slice(5)}:${count}`

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void
/** What the stand-in answers for the hash of a password; others get a range without a match. */
const behaviours = new Map<string, Behaviour>()
const asked: IncomingMessage[] = []
const ranges = createServer((request, response) => {
  asked.push(request)
  const prefix = request.url?.split('/').at(-1) ?? ''
  const behaviour = behaviours.get(prefix)
  if (behaviour) behaviour(request, response)
  else response.end(rangeWith())
})
const lines: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
const data = newFolder()
let breachUrl: string
let service: Service
let mails: MailQueue
/** Of a guard, which may read metrics. */
let key: string

/** Sets what is answered for a password. */
function behave(text: string, behaviour: Behaviour | string): string {
  const answer: Behaviour =
    typeof behaviour === 'string' ? (_, response) => response.end(behaviour) : behaviour
  behaviours.set(sha1(text).slice(0, 5), answer)
  return text
}

beforeAll(async () => {
  ranges.listen(0, '127.0.0.1')
  await once(ranges, 'listening')
  breachUrl = `http://127.0.0.1:${(ranges.address() as AddressInfo).port}/range/`
  const environment = { NODE_ENV: 'test', ...unreachable }
  const emailVerification = 'on'
  service = await serve(data, { breachCheck: 'on', breachUrl, emailVerification, environment, log })
  mails = mailQueue(data, await databaseIn(data))
  key = await service.keyhaven.guards.add('metrics')
  behave(breached, rangeWith(lineOf(breached)))
})
afterAll(async () => {
  await service?.close()
  ranges.closeAllConnections()
  ranges.close()
  rmSync(data, { recursive: true })
})

/** How many passwords passed without a look-up. */
async function unchecked(): Promise<number> {
  const text = await (await send(service, 'GET /metrics', { headers: bearer(key) })).text()
  const samples = metricsIn(text).get('keyhaven_breach_checks_total')?.samples
  return samples?.get('keyhaven_breach_checks_total{outcome="unchecked"}') ?? 0
}

const newEmail = (): string => `${randomUUID()}@example.com`
const join = (email: string, text: string): Promise<Response> =>
  send(service, 'POST /accounts', { body: { email, password: text } })

describe('a password of a breach', () => {
  it('is refused at sign-up, alike for a known and an unknown address, before any mail (6.2.12)', async () => {
    const { email } = await newPerson(service)
    for (const address of [email, newEmail()]) {
      expect(await codeOf(await join(address, breached))).toBe('400 breached_password')
      expect(await mails.to(address)).toEqual([])
    }
    expect((await join(newEmail(), 'correct horse of no breach')).status).toBe(202)
  })

  it('is refused at a change, a reset, a confirmation elsewhere, and in code; links stay usable', async () => {
    const owner = await newPerson(service)
    const change = { current: password, password: breached }
    const changed = await owner.ask(`PUT /accounts/${owner.id}/password`, change)
    expect(await codeOf(changed)).toBe('400 breached_password')

    await send(service, 'POST /password-resets', { body: { email: owner.email } })
    const newcomer = newEmail()
    await join(newcomer, password)
    for (const [call, email] of [
      ['POST /password-resets/confirm', owner.email],
      ['POST /email-verifications/confirm', newcomer],
    ] as const) {
      const { token } = await mails.link(email)
      const bad = await person(service).ask(call, { token, password: breached })
      expect(await codeOf(bad)).toBe('400 breached_password')
      const good = await person(service).ask(call, { token, password: `${password} too` })
      expect(good.ok).toBe(true)
    }
    const create = service.keyhaven.accounts.create({ email: newEmail(), password: breached })
    await expect(create).rejects.toMatchObject({ code: 'breached_password' })
  })

  it('is looked up by five digits and nothing else, with padding (H58)', async () => {
    asked.length = 0
    await join(newEmail(), breached)
    expect(asked).toHaveLength(1)
    const [{ method, url, headers } = { headers: {} }] = asked
    expect([method, url]).toEqual(['GET', `/range/${sha1(breached).slice(0, 5)}`])
    expect(headers).toEqual({
      'add-padding': 'true',
      'accept-encoding': 'gzip',
      connection: 'close',
      host: new URL(breachUrl).host,
      'user-agent': 'keyhaven',
    })
  })

  it('is found in NFC, in lower-case digits, and in a compressed range; padding is no match', async () => {
    const [cafe, lower, zipped, padded] = ['café au lait noir', 'lower', 'zipped', 'padded'].map(
      (text) => `${text} correct horse`,
    ) as [string, string, string, string]
    behave(cafe, rangeWith(lineOf(cafe)))
    behave(lower, rangeWith(lineOf(lower).toLowerCase()))
    behave(zipped, (_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(rangeWith(lineOf(zipped))))
    })
    behave(padded, rangeWith(lineOf(padded, 0)))
    for (const text of [cafe.normalize('NFD'), lower, zipped]) {
      expect(await codeOf(await join(newEmail(), text))).toBe('400 breached_password')
    }
    expect((await join(newEmail(), padded)).status).toBe(202)
  })
})

describe('a range service that gives no usable answer (H32)', () => {
  const match = (text: string): string => rangeWith(lineOf(text))
  const failures: Readonly<Record<string, (text: string) => Behaviour | string>> = {
    'is down': () => (request) => request.socket.destroy(),
    'answers 500': (text) => (_, response) => response.writeHead(500).end(match(text)),
    'redirects to one that matches': (text) => {
      const elsewhere = `${breachUrl}${sha1(text).slice(0, 5)}?elsewhere`
      return ({ url }, response) =>
        url?.endsWith('elsewhere')
          ? response.end(match(text))
          : response.writeHead(302, { location: elsewhere }).end()
    },
    'answers a page': () => '<html>\n',
    'answers nothing': () => '',
    'mixes a page into a range': (text) => `${match(text)}\r\n<br>`,
    'answers more than 64 KiB': (text) => `${match(text)}\r\n${`${others[0]}\r\n`.repeat(2000)}`,
    'answers without an end': (text) => (_, response) => {
      response.write(`${match(text)}\r\n`)
      const more = (): void => {
        if (!response.destroyed)
          response.write(`${others[0]}\r\n`.repeat(50), () => setImmediate(more))
      }
      more()
    },
    'answers a small file that becomes large': (text) => (_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(`${match(text)}\r\n${`${others[0]}\r\n`.repeat(50_000)}`))
    },
    'answers in an encoding that was not asked for': (text) => (_, response) =>
      response.setHeader('content-encoding', 'br').end(match(text)),
    'stops in the middle': (text) => (_, response) => void response.write(match(text)),
    'never answers': () => () => {},
  }

  it('lets the password pass, and the log and a metric report it, without any part of its hash', async () => {
    lines.length = 0
    const before = await unchecked()
    const texts = Object.entries(failures).map(([name, of]) => {
      const text = `a service that ${name}`
      behave(text, of(text))
      return text
    })
    const answers = await Promise.all(texts.map((text) => join(newEmail(), text)))
    expect(answers.map(({ status }, at) => `${texts[at]}: ${status}`)).toEqual(
      texts.map((text) => `${text}: 202`),
    )
    expect((await unchecked()) - before).toBe(texts.length)
    const logged = lines.join('\n')
    expect(logged).toContain('a password was accepted without a look-up among breaches')
    for (const text of texts) {
      expect(logged).not.toContain(text)
      expect(logged.toUpperCase()).not.toContain(sha1(text).slice(0, 5))
    }
  })
})

describe('the range service in production', () => {
  const production = {
    url: 'https://app.example/auth',
    emailVerification: 'off',
    breachCheck: 'on',
    log,
  } as const

  it('is called over https only, at no private address that the operator has not listed (H32)', async () => {
    const plain = serve(data, { ...production, breachUrl })
    await expect(plain).rejects.toThrow('KEYHAVEN_BREACH_URL begins with http:')
    let connections = 0
    const secret = createTcpServer((socket) => {
      connections += 1
      socket.destroy()
    }).listen(0, '127.0.0.1')
    await once(secret, 'listening')
    const { port } = secret.address() as AddressInfo
    for (const [host, allowPrivate, seen] of [
      ['127.0.0.1', undefined, 0],
      ['localhost', undefined, 0],
      ['[::ffff:127.0.0.1]', undefined, 0],
      ['localhost', `localhost:${port}`, 1],
      ['127.0.0.1', '10.0.0.0/8, 127.0.0.0/8', 2],
    ] as const) {
      const folder = newFolder()
      const one = await serve(folder, {
        ...production,
        breachUrl: `https://${host}:${port}/`,
        ...(allowPrivate !== undefined && { allowPrivate }),
      })
      await one.keyhaven.accounts.create({ email: newEmail(), password: breached })
      expect(connections).toBe(seen)
      await one.close()
      rmSync(folder, { recursive: true })
    }
    secret.close()
  })

  it.each([
    ['KEYHAVEN_BREACH_URL', 'ftp://ranges.example/'],
    ['KEYHAVEN_BREACH_URL', 'https://a:b@ranges.example/'],
    ['KEYHAVEN_BREACH_CHECK', 'yes'],
    ['KEYHAVEN_ALLOW_PRIVATE', 'ranges.internal'],
    ['KEYHAVEN_ALLOW_PRIVATE', 'https://ranges.internal:443'],
    ['KEYHAVEN_ALLOW_PRIVATE', '10.0.0.0/33'],
  ])('is not started with %s=%s', async (name, value) => {
    const environment = { KEYHAVEN_BREACH_CHECK: 'on', [name]: value }
    await expect(serve(data, { environment, log })).rejects.toThrow(name)
  })
})

describe('KEYHAVEN_BREACH_CHECK', () => {
  it('is off unless it is set: nothing is called', async () => {
    const folder = newFolder()
    const one = await serve(folder, { breachUrl, log })
    asked.length = 0
    const { id } = await one.keyhaven.accounts.create({ email: newEmail(), password: breached })
    expect(asked).toEqual([])
    expect(
      await rowsIn(await databaseIn(folder), `select id from accounts where id = '${id}'`),
    ).toHaveLength(1)
    await one.close()
    rmSync(folder, { recursive: true })
  })
})
