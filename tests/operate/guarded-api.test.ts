import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { password, send, signIn, signUp } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'

/** Seconds: the least that a guard takes, so that a cut shows soon. */
const maxStaleness = 3
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

/** What the guard says of a token: 'ok', or the code of its refusal. */
function answerTo({ token }: Pick<Person, 'token'>, asked: Guard = guard): string {
  const header = (name: string): string | undefined =>
    name === 'authorization' ? `Bearer ${token}` : undefined
  const decision = asked.decide({ method: 'GET', url: '/', header })
  return decision.ok ? 'ok' : (decision.refused?.code ?? `needs ${decision.needs}`)
}

/** Signs out, past the browser: what it held is shown to the guard afterwards. */
const signOut = (person: Person): Promise<Response> =>
  send(service, 'DELETE /sessions/current', { person })

const refuses = (person: Pick<Person, 'token'>, code: string): Promise<void> =>
  until(`the guard answers ${code}`, () => answerTo(person) === code, 1)

describe('a guard in another process, fed by a real service', () => {
  it('refuses within a second what was taken back, at every level, and nothing else', async () => {
    const ada = await signIn(service, 'ada@example.com')
    const bystander = await signUp(service)
    const [leaves, locked, changes, revoked] = [
      await signUp(service),
      await signUp(service),
      await signUp(service),
      await signUp(service),
    ]
    const everybody = [leaves, locked, changes, revoked, bystander]
    expect(everybody.map((one) => answerTo(one))).toEqual(Array<string>(5).fill('ok'))

    expect((await signOut(leaves)).status).toBe(204)
    await refuses(leaves, 'session_ended')

    const lock = ['accounts', 'lock', locked.email, '--reason', 'lost her phone']
    expect(await service.command(lock)).toMatchObject({ code: 0 })
    await refuses(locked, 'account_locked')

    const other = await signIn(service, changes.email)
    const path = `/accounts/${changes.id}/password`
    const change = { current: password, password: 'another horse battery' }
    const before = { token: changes.token }
    const changed = await changes.ask(`PUT ${path}`, change)
    expect(changed.status).toBe(204)
    await refuses(other, 'session_ended')
    await refuses(before, 'token_expired')
    expect(answerTo(changes)).toBe('ok')

    const { items } = (await (await ada.ask('GET /tokens?limit=100')).json()) as {
      items: { jti: string; session: string }[]
    }
    const mine = items.find(({ session }) => session === revoked.session)
    expect((await ada.ask(`DELETE /tokens/${mine?.jti}`)).status).toBe(204)
    await refuses(revoked, 'token_expired')
    await revoked.ask('GET /user/current')
    expect(answerTo(revoked)).toBe('ok')
    expect(answerTo(bystander)).toBe('ok')
  })

  it('is shown with what it has applied', async () => {
    const ada = await signIn(service, 'ada@example.com')
    const person = await signUp(service)
    const changed = await ada.ask(`PATCH /accounts/${person.id}`, {
      status: 'locked',
      reason: 'a test',
    })
    const { seq } = (await changed.json()) as { seq: number }
    await until('the service knows that it is applied', async () => {
      const { items } = (await (await ada.ask('GET /guards')).json()) as {
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
    const person = await signUp(service)
    await command('keys', 'rotate', '--emergency', '--yes')
    await refuses(person, 'token_expired')
    await person.ask('GET /user/current')
    await until('the guard knows the new key', () => answerTo(person) === 'ok', 2)
  })

  it('goes on when the service is killed, refuses when it is stale, and has missed nothing after', async () => {
    const [stays, goes, late] = [
      await signUp(service),
      await signUp(service),
      await signUp(service),
    ]
    expect(await signOut(goes)).toMatchObject({ status: 204 })
    await refuses(goes, 'session_ended')
    // Acknowledged, and the guard may not have been told: it is when the service is back
    expect(await signOut(late)).toMatchObject({ status: 204 })
    process.kill(service.process.pid, 'SIGKILL')
    await service.process.exited
    expect(answerTo(goes)).toBe('session_ended')
    expect(answerTo(stays)).toBe('ok')
    await until('the guard is stale', () => answerTo(stays) === 'revocations_stale')
    const again = run([...keyhaven, 'start'], { environment: service.environment })
    await until('the guard is fresh again', () => answerTo(stays) === 'ok')
    expect([answerTo(goes), answerTo(late)]).toEqual(['session_ended', 'session_ended'])
    process.stdout.write(`guard: stale after a kill, fresh again by the restart; 1 kill\n`)
    const lock = ['accounts', 'lock', stays.email, '--reason', 'after the kill']
    expect(await service.command(lock)).toMatchObject({ code: 0 })
    await refuses(stays, 'account_locked')

    // Declared restored: every key is withdrawn and every session has ended
    const person = await signUp(service)
    await command('restored', '--yes')
    await until('the guard refuses', () => answerTo(person) !== 'ok', 2)
    await again.stop()
  })
})
