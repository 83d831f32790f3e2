import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import type { FeedReader } from '@keyhaven/stage/feed/feed-reader'
import { answers, freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { password, personOf, send, signIn } from '@keyhaven/stage/http/person'
import type { Call, Person } from '@keyhaven/stage/http/person'

const KILLS = doses.kills

const data = mkdtempSync(join(tmpdir(), 'keyhaven-crash-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

/** What was acknowledged: it must hold after every kill. */
interface Known {
  readonly email: string
  readonly person: Person
  /** `ending`: asked for, and not acknowledged. */
  state: 'live' | 'ending' | 'ended'
}

function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return (JSON.parse(payload) as { jti: string }).jti
}

/** Accounts whose lock was asked for, and those of them whose lock was acknowledged. */
const locking = new Set<string>()
const locked = new Set<string>()

describe('kill -9 during sign-ups, sign-ins, sign-outs, locks and revocations (D09, S19)', () => {
  it(
    `loses nothing that was acknowledged, and sends a guard every entry, ${KILLS} times`,
    async () => {
      const port = await freePort()
      const issuer = `http://localhost:${port}/auth`
      const environment = {
        KEYHAVEN_URL: issuer,
        KEYHAVEN_PORT: String(port),
        KEYHAVEN_DATA: data,
        KEYHAVEN_TRUST_PROXY: '127.0.0.1,::1',
        KEYHAVEN_DATABASE: await databaseIn(data),
      }
      const start = async (): Promise<RunningProcess> => {
        const service = run([...keyhaven, 'start'], { environment })
        await until('the service answers', () => answers(`${issuer}/health/ready`))
        return service
      }
      let sent = 0
      // Each from an address of its own: what one address may do is limited
      const address = (): string => `10.0.${(++sent >> 8) & 255}.${sent & 255}`
      const ask = (call: string, more: Call = {}): Promise<Response | undefined> =>
        send({ issuer }, call, {
          ...more,
          headers: { 'x-forwarded-for': address(), ...more.headers },
        }).catch(() => undefined)
      const known: Known[] = []
      let count = 0

      const keep = async (response: Response | undefined, email: string): Promise<void> => {
        if (response?.status !== 201) return
        // The answer may have been cut off behind its head
        const person = await personOf({ issuer }, response).catch(() => undefined)
        if (person) known.push({ email, person, state: 'live' })
      }
      let administrator: Person | undefined
      let jti = ''
      const signInAdministrator = async (): Promise<void> => {
        const headers = { 'x-forwarded-for': address() }
        administrator = await signIn({ issuer }, 'root@example.com', { headers })
        jti = jtiOf(administrator.token)
      }
      const lock = async (email: string): Promise<void> => {
        const body = { status: 'locked', reason: 'crash test' }
        locking.add(email)
        const before = known.filter((one) => one.email === email)
        const call = `PATCH /accounts/${before[0]?.person.id}`
        const done = await ask(call, { body, headers: administrator?.headers ?? {} })
        if (done?.status !== 200) return
        locked.add(email)
        for (const one of before) one.state = 'ended'
      }
      const work = async (stop: () => boolean): Promise<void> => {
        while (!stop()) {
          const email = `person${++count}@example.com`
          await keep(await ask('POST /accounts', { body: { email, password } }), email)
          const old = known[Math.floor(known.length / 2)]
          if (old === undefined || old.state !== 'live') continue
          await keep(
            await ask('POST /sessions', { body: { login: old.email, password } }),
            old.email,
          )
          const { headers } = old.person
          old.state = 'ending'
          const left = await ask('DELETE /sessions/current', { headers })
          if (left?.status === 204) old.state = 'ended'
          if (known.length % 5 === 0) await lock(old.email)
        }
      }

      /** Revokes one token again and again: an entry each time. In between the others get their turn. */
      let revocations = 0
      const revoke = async (stop: () => boolean): Promise<void> => {
        while (!stop()) {
          const done = await ask(`DELETE /tokens/${jti}`, { headers: administrator?.headers ?? {} })
          if (done?.status === 204) revocations++
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }

      const create = ['accounts', 'create', '--email', 'root@example.com', '--role', 'admin']
      expect(await run([...keyhaven, ...create], { environment, input: password }).exited).toBe(0)
      const added = run([...keyhaven, 'guards', 'add', 'crash', '--json'], { environment })
      expect(await added.exited).toBe(0)
      const { key } = JSON.parse(added.output()) as { key: string }
      const heard: FeedReader[] = []
      // A guard that comes again after every kill, with the last that it heard
      const listen = async (): Promise<void> => {
        const lastEventId = heard
          .flatMap(({ events }) => events.flatMap(({ id }) => id ?? []))
          .at(-1)
        heard.push(
          await openFeed(issuer, { key, ...(lastEventId !== undefined && { lastEventId }) }),
        )
      }
      let killed = 0
      for (; killed < KILLS; killed++) {
        const service = await start()
        if (killed === 0) await signInAdministrator()
        await listen()
        let stopped = false
        const over = (): boolean => stopped
        const before = known.length
        const workers = [work(over), work(over), work(over), revoke(over)]
        // At any moment, but not before somebody has come whose sign-in must hold
        await until('they are at work', () => known.length > before + 1)
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 500))
        expect(await service.stop('SIGKILL')).toBeNull()
        stopped = true
        await Promise.all(workers)
      }
      const service = await start()
      await listen()
      await until('the guard has caught up', () => (heard.at(-1)?.heartbeats().length ?? 0) > 0)
      const entries = heard.flatMap((reader) => reader.entries())
      const revoked = new Set(entries.map(({ id }) => id))
      for (const { state, person, email } of known) {
        if (state === 'ended') {
          expect(revoked, `${email}: its end was told`).toContain(person.session)
        }
      }
      expect(entries.filter(({ id }) => id === jti).length).toBeGreaterThanOrEqual(revocations)
      // One log through every kill: each number once, none missing
      // This guard knows no eras: the sessions of one have one number, and may come again after a kill
      const numbers = [...new Set(entries.map(({ seq }) => seq))]
      expect(numbers).toEqual(numbers.map((_number, at) => at + 1))
      const whole = await openFeed(issuer, { key })
      await until('a new guard has all', () => whole.heartbeats().length > 0)
      const named = (all: typeof entries) => new Set(all.map(({ seq, id }) => `${seq} ${id}`))
      expect(named(whole.entries())).toEqual(named(entries))
      for (const reader of [...heard, whole]) reader.close()
      let alive = 0
      for (const { person, state, email } of known) {
        const { cookie } = person
        const response = await ask('GET /user/current', { headers: { cookie } })
        if (state === 'ended') expect(response?.status, `${email}: its end holds`).toBe(401)
        if (state === 'live' && !locking.has(email))
          expect(response?.status, `${email}: its sign-in holds`).toBe(200)
        if (response?.status === 200) alive++
      }
      for (const email of new Set(known.map((one) => one.email))) {
        const response = await ask('POST /sessions', { body: { login: email, password } })
        const { code } = ((await response?.json()) ?? {}) as { code?: string }
        // A lock whose answer the kill cut off may hold all the same
        const answer = code === 'account_locked' ? 'locked' : response?.status
        if (locked.has(email)) expect(answer, `${email}: its lock holds`).toBe('locked')
        else expect([201, 'locked'], `${email}: the account holds`).toContain(answer)
      }
      expect(known.length).toBeGreaterThan(KILLS)
      const ended = known.filter(({ state }) => state === 'ended').length
      expect(ended).toBeGreaterThan(0)
      process.stdout.write(
        `crash: ${killed} kills; ${known.length} sign-ins acknowledged, ${ended} ends, ${locked.size} locks and ${revocations} revocations of a token, ${alive} sessions alive: all hold; ${entries.length} entries told to one guard, none missing\n`,
      )
      await service.stop()
    },
    240_000 + KILLS * 5000,
  )
})
