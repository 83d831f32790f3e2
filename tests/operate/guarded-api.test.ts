import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

/** Seconds: the least that a guard takes, so that a cut shows soon. */
const maxStaleness = 3
const password = 'correct horse battery'
let service: RunningService
let guard: Guard
let lines: string[]

async function command<T>(...args: string[]): Promise<T> {
  const { code, output } = await service.command([...args, '--json'])
  expect(code, output).toBe(0)
  return JSON.parse(output) as T
}

function listening(feedKey: string): Guard {
  lines = []
  const { issuer } = service
  return createGuard({ issuer, feedKey, maxStaleness, log: (line) => lines.push(line) })
}

beforeAll(async () => {
  service = await startService()
  const { key } = await command<{ key: string }>('guards', 'add', 'api')
  guard = listening(key)
  await guard.ready()
  const admin = ['accounts', 'create', '--email', 'ada@example.com', '--role', 'admin']
  expect(await service.command(admin, password)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  guard?.close()
  await service?.close()
})

interface Person {
  readonly cookie: string
  readonly token: string
  readonly view: SessionView
}

async function enter(path: string, body: object): Promise<Person> {
  const headers = { 'content-type': 'application/json', origin: new URL(service.issuer).origin }
  const request = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(service.address + path, request)
  expect(response.status).toBe(201)
  return { ...cookiesOf(response), view: (await response.json()) as SessionView }
}

function cookiesOf(response: Response): Pick<Person, 'cookie' | 'token'> {
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const token = cookies.find((one) => one.startsWith('keyhaven='))?.slice('keyhaven='.length)
  return { cookie: cookies.join('; '), token: token ?? '' }
}

let people = 0
const signUp = (): Promise<Person> =>
  enter('/accounts', { email: `person${++people}@example.com`, password })
const admin = (): Promise<Person> => enter('/sessions', { login: 'ada@example.com', password })

function call({ cookie, view }: Person, method: string, path: string, body?: object) {
  return fetch(service.address + path, {
    method,
    headers: {
      cookie,
      origin: new URL(service.issuer).origin,
      'x-xsrf-token': view.xsrfToken,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}

/** What the guard says of a token: 'ok', or the code of its refusal. */
function answerTo({ token }: Pick<Person, 'token'>, asked: Guard = guard): string {
  const header = (name: string): string | undefined =>
    name === 'authorization' ? `Bearer ${token}` : undefined
  const decision = asked.decide({ method: 'GET', url: '/', header })
  return decision.ok ? 'ok' : (decision.refused?.code ?? `needs ${decision.needs}`)
}

const refuses = (person: Person, code: string): Promise<void> =>
  until(`the guard answers ${code}`, () => answerTo(person) === code, 1)

describe('a guard in another process, fed by a real service', () => {
  it('refuses within a second what was taken back, at every level, and nothing else', async () => {
    const ada = await admin()
    const bystander = await signUp()
    const [leaves, locked, changes, revoked] = [
      await signUp(),
      await signUp(),
      await signUp(),
      await signUp(),
    ]
    const everybody = [leaves, locked, changes, revoked, bystander]
    expect(everybody.map((one) => answerTo(one))).toEqual(Array<string>(5).fill('ok'))

    expect((await call(leaves, 'DELETE', '/sessions/current')).status).toBe(204)
    await refuses(leaves, 'session_ended')

    const lock = ['accounts', 'lock', locked.view.account.email, '--reason', 'lost her phone']
    expect(await service.command(lock)).toMatchObject({ code: 0 })
    await refuses(locked, 'account_locked')

    const other = await enter('/sessions', { login: changes.view.account.email, password })
    const path = `/accounts/${changes.view.account.id}/password`
    const change = { current: password, password: 'another horse battery' }
    const changed = await call(changes, 'PUT', path, change)
    expect(changed.status).toBe(204)
    await refuses(other, 'session_ended')
    await refuses(changes, 'token_expired')
    expect(answerTo(cookiesOf(changed))).toBe('ok')

    const { items } = (await (await call(ada, 'GET', '/tokens?limit=100')).json()) as {
      items: { jti: string; session: string }[]
    }
    const mine = items.find(({ session }) => session === revoked.view.session.id)
    expect((await call(ada, 'DELETE', `/tokens/${mine?.jti}`)).status).toBe(204)
    await refuses(revoked, 'token_expired')
    const healed = await call(revoked, 'GET', '/user/current')
    expect(answerTo(cookiesOf(healed))).toBe('ok')
    expect(answerTo(bystander)).toBe('ok')
  })

  it('is shown with what it has applied', async () => {
    const ada = await admin()
    const person = await signUp()
    const changed = await call(ada, 'PATCH', `/accounts/${person.view.account.id}`, {
      status: 'locked',
      reason: 'a test',
    })
    const { seq } = (await changed.json()) as { seq: number }
    await until('the service knows that it is applied', async () => {
      const { items } = (await (await call(ada, 'GET', '/guards')).json()) as {
        items: { name: string; connections: number; appliedSeq: number }[]
      }
      const [api] = items.filter(({ name }) => name === 'api')
      return api?.connections === 1 && api.appliedSeq >= seq
    })
    const { fresh, log, entries, age } = guard.state()
    expect({ fresh, hasLog: log !== undefined }).toEqual({ fresh: true, hasLog: true })
    expect(entries).toBeGreaterThan(3)
    expect(age).toBeLessThan(maxStaleness)
  })

  it('survives an emergency rotation: every old token heals, by the new key, without a restart', async () => {
    const person = await signUp()
    await command('keys', 'rotate', '--emergency', '--yes')
    await refuses(person, 'token_expired')
    const healed = cookiesOf(await call(person, 'GET', '/user/current'))
    await until('the guard knows the new key', () => answerTo(healed) === 'ok', 2)
  })

  it('goes on when the service is killed, refuses when it is stale, and has missed nothing after', async () => {
    const [stays, goes, late] = [await signUp(), await signUp(), await signUp()]
    expect(await call(goes, 'DELETE', '/sessions/current')).toMatchObject({ status: 204 })
    await refuses(goes, 'session_ended')
    // Acknowledged, and the guard may not have been told: it is when the service is back
    expect(await call(late, 'DELETE', '/sessions/current')).toMatchObject({ status: 204 })
    process.kill(service.process.pid, 'SIGKILL')
    await service.process.exited
    expect(answerTo(goes)).toBe('session_ended')
    expect(answerTo(stays)).toBe('ok')
    await until('the guard is stale', () => answerTo(stays) === 'revocations_stale', 10)
    const again = run([...keyhaven, 'start'], { environment: service.environment })
    await until('the guard is fresh again', () => answerTo(stays) === 'ok', 20)
    expect([answerTo(goes), answerTo(late)]).toEqual(['session_ended', 'session_ended'])
    process.stdout.write(`guard: stale after a kill, fresh again by the restart; 1 kill\n`)
    const lock = ['accounts', 'lock', stays.view.account.email, '--reason', 'after the kill']
    expect(await service.command(lock)).toMatchObject({ code: 0 })
    await refuses(stays, 'account_locked')

    // Declared restored: every key is withdrawn and every session has ended
    const person = await signUp()
    await command('restored', '--yes')
    await until('the guard refuses', () => answerTo(person) !== 'ok', 2)
    await again.stop()
  })
})
