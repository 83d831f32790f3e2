import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { answers, freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { program } from '@keyhaven/stage/processes/program'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { signUp } from '@keyhaven/stage/http/person'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-drill-'))
const origin = 'http://localhost:45551'
const PEOPLE = 4
/** Seconds that a token lives: it is renewed several times in each part of the drill. */
const TTL = 6

let database: string
let environment: Record<string, string>
const services: string[] = []
const processes: RunningProcess[] = []
const apis: { readonly address: string; readonly pid: number }[] = []
let pages: Page[]

async function startService(at: number): Promise<void> {
  const port = await freePort()
  const own = { KEYHAVEN_PORT: String(port), KEYHAVEN_DATA: join(folder, `service-${at}`) }
  processes.push(run([...keyhaven, 'start'], { environment: { ...environment, ...own } }))
  const address = `http://127.0.0.1:${port}/auth`
  await until('the service is ready', () => answers(`${address}/health/ready`))
  services.push(address)
}

async function command(...args: readonly string[]): Promise<Record<string, string>> {
  const own = { KEYHAVEN_DATA: join(folder, 'service-0') }
  const done = run([...keyhaven, ...args, '--json'], { environment: { ...environment, ...own } })
  expect(await done.exited, done.output()).toBe(0)
  return JSON.parse(done.output()) as Record<string, string>
}

async function startApi(name: string): Promise<void> {
  const { key = '' } = await command('guards', 'add', name)
  const port = await freePort()
  const api = run(program('guarded-api'), {
    environment: {
      ISSUER: `${origin}/auth`,
      REACH: services[apis.length % services.length] ?? '',
      FEED_KEY: key,
      PORT: String(port),
    },
  })
  processes.push(api)
  const address = `http://127.0.0.1:${port}`
  await until(`${name} receives events`, async () => {
    const answer = await fetch(`${address}/health`).catch(() => undefined)
    return ((await answer?.json()) as { fresh?: boolean } | undefined)?.fresh === true
  })
  apis.push({ address, pid: api.pid })
}

beforeAll(async () => {
  database = await databaseIn(folder)
  environment = {
    KEYHAVEN_URL: `${origin}/auth`,
    KEYHAVEN_DATABASE: database,
    KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
    KEYHAVEN_ACCESS_TTL: `${TTL}s`,
  }
  await startService(0)
  await startService(1)
  for (const name of ['one', 'two', 'three']) await startApi(name)
  pages = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => openPage(at)))
})
afterAll(async () => {
  for (const page of pages ?? []) page.leave()
  for (const { pid } of apis) process.kill(pid, 'SIGCONT')
  await Promise.all(processes.map((one) => one.stop('SIGKILL')))
  rmSync(folder, { recursive: true, force: true })
})

/** Answers by what was asked and its status; pages that heal themselves say so. */
const seen = new Map<string, number>()
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)

/** Prints how often each answer came. */
function told(how: string): void {
  const counts = [...seen].map(([what, times]) => `${times} ${what}`)
  process.stdout.write(`rotation ${how}: ${counts.join(', ')}\n`)
}

/** Keys whose tokens an API took. */
const taken = new Set<string>()

interface Page {
  readonly token: () => string
  /** The calls that its person made and that did not go well in the end. */
  readonly failures: string[]
  leave(): void
}

/**
 * A browser and its page: both services in turn, every API, every few milliseconds. It does what our
 * client does where an API says `token_expired`: asks the service, which renews, and calls once more.
 */
async function openPage(at: number): Promise<Page> {
  const failures: string[] = []
  let running = true
  const here = await signUp({ issuer: `${origin}/auth`, address: services[0] ?? '' })
  const ask = (url: string): Promise<Response> => here.ask(`GET ${url}`)
  let turn = at
  const token = (): string => here.token
  const whoAmI = async (): Promise<number> => {
    turn += 1
    const { status } = await ask(`${services[turn % services.length]}/user/current`)
    count(`who am I ${status}`)
    return status
  }
  const callApi = async (address: string): Promise<void> => {
    const kid = kidOf(token())
    let answer = await ask(address)
    count(`API ${answer.status}`)
    if (answer.status === 401 && (await codeOf(answer)) === 'token_expired') {
      await whoAmI()
      answer = await ask(address)
      count(`API again ${answer.status}`)
    } else if (answer.status === 200) taken.add(kid)
    if (answer.status !== 200) failures.push(`${address}: ${answer.status}`)
  }
  const live = async (): Promise<void> => {
    while (running) {
      const status = await whoAmI()
      if (status !== 200) failures.push(`who am I: ${status}`)
      for (const { address } of apis.filter(({ pid }) => !asleep.has(pid))) await callApi(address)
      await sleep(20)
    }
  }
  live().catch((error: unknown) => failures.push(String(error)))
  return {
    token,
    failures,
    leave: () => {
      running = false
    },
  }
}

const asleep = new Set<number>()
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
    .kid

const failures = (): string[] => pages.flatMap((page) => page.failures)

async function publishedAt(service: string): Promise<string[]> {
  const answer = await fetch(`${service}/.well-known/jwks.json`)
  const { keys } = (await answer.json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid)
}

const everywhere = async (holds: (kids: string[]) => boolean): Promise<boolean> =>
  (await Promise.all(services.map(publishedAt))).every(holds)

const all = (kid: string): boolean => pages.every(({ token }) => kidOf(token()) === kid)

/** Lets the load go on until every page has called everything some times more. */
async function goOn(): Promise<void> {
  expect(failures()).toEqual([])
  const before = seen.get('who am I 200') ?? 0
  await until('the load goes on', () => (seen.get('who am I 200') ?? 0) > before + 5 * PEOPLE)
}

describe('a rotation of keys under load: two services, three APIs, four people (P20)', () => {
  it('as planned: no call fails, from the announcement to the old key’s end (JOSE-23)', async () => {
    await goOn()
    const [old = ''] = await publishedAt(services[0] ?? '')
    expect(all(old)).toBe(true)
    const { kid = '' } = await command('keys', 'rotate')
    await until('both services publish it', () => everywhere((kids) => kids.includes(kid)))
    await goOn()
    // Published, it signs nothing yet
    expect(all(old)).toBe(true)
    // One API sleeps while the keys change
    const [sleeper] = apis
    asleep.add(sleeper?.pid ?? 0)
    await goOn()
    process.kill(sleeper?.pid ?? 0, 'SIGSTOP')
    // As if its ten minutes had passed
    const now = Date.now()
    const changed = `insert into outbox (consumer, event, account_id, written_at) values ('notices', 'keys.rotated', '', ${now})`
    await changeIn(
      database,
      `update signing_keys set signs_from = ${now} where kid = '${kid}'`,
      `update signing_keys set published_until = ${now + 3_600_000} where kid = '${old}'`,
      changed,
    )
    await until('every browser has a token of the new key', () => all(kid))
    process.kill(sleeper?.pid ?? 0, 'SIGCONT')
    asleep.clear()
    await startApi('late')
    await goOn()
    expect(await everywhere((kids) => kids.includes(old))).toBe(true)
    // As if the last token of the old key were over
    const end = Math.max(Date.now(), now + TTL * 1000) + 1000
    await changeIn(
      database,
      `update signing_keys set published_until = ${end} where kid = '${old}'`,
      changed,
    )
    await until('the old key is gone', () => everywhere((kids) => !kids.includes(old)))
    await goOn()
    expect(failures()).toEqual([])
    expect([...seen.keys()].toSorted()).toEqual(['API 200', 'who am I 200'])
    expect([...taken].toSorted()).toEqual([old, kid].toSorted())
    told('as planned')
  })

  it('in an emergency: dead everywhere at once, and every page heals without its person', async () => {
    seen.clear()
    const stolen = pages.map(({ token }) => token())
    const stolenKid = kidOf(stolen[0] ?? '')
    const { kid = '' } = await command('keys', 'rotate', '--emergency', '--yes')
    const refusedBy = async (address: string): Promise<boolean> => {
      const all = stolen.map((token) =>
        fetch(address, { headers: { authorization: `Bearer ${token}` } }),
      )
      const answers = await Promise.all(all)
      return answers.every(({ status }) => status === 401)
    }
    const places = [
      ...apis.map(({ address }) => address),
      ...services.map((one) => `${one}/user/current`),
    ]
    await until('the old tokens are refused everywhere', async () =>
      (await Promise.all(places.map(refusedBy))).every(Boolean),
    )
    await until('every browser has a token of the new key', () => all(kid))
    await goOn()
    for (const address of places) expect(await refusedBy(address), address).toBe(true)
    expect(await everywhere((kids) => kids.length === 1 && kids[0] === kid)).toBe(true)
    expect(failures()).toEqual([])
    expect(seen.get('who am I 401')).toBeUndefined()
    expect(stolenKid).not.toBe(kid)
    told('in an emergency')
  })
})
