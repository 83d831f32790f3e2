import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Call } from '@keyhaven/stage/http/person'
import { cookieAfter } from '@keyhaven/stage/http/set-cookies'
import { doses } from '../../../tests/doses.ts'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read'],
  roles: { member: ['notes:read'] },
  defaultRoles: ['member'],
})
const log = testLog()
const errors = vi.spyOn(log, 'error')
const data = mkdtempSync(join(tmpdir(), 'keyhaven-two-'))
let both: [Keyhaven, Keyhaven]

/** Two services on one database, opened at once on an empty one. */
beforeAll(async () => {
  const database = await databaseIn(data, { migrated: false })
  const start = (): Promise<Keyhaven> =>
    createKeyhaven({
      data,
      database,
      folder: data,
      access,
      environment: { NODE_ENV: 'test' },
      log,
    })
  both = await Promise.all([start(), start()])
})
afterAll(async () => {
  for (const one of both) await one.close()
  rmSync(data, { recursive: true })
})

interface Ask extends Call {
  readonly at: Keyhaven
  readonly call: string
}

const ask = ({ at, call, ...more }: Ask): Promise<Response> => send(at, call, more)

/** The access token alone: nothing of the database is asked for it. */
function bearerOf({ cookie = '' }: Readonly<Record<string, string>>): Record<string, string> {
  const [, token = ''] = /keyhaven=([^;]+)/.exec(cookie) ?? []
  return { authorization: `Bearer ${token}` }
}

/** The header (0) or payload (1) of a token. */
function partOf<T>(token: string, part: 0 | 1): T {
  return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as T
}

async function codeOf(response: Response): Promise<string> {
  if (response.ok) return String(response.status)
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}

const ROUNDS = doses.raceRounds

describe('two services on one database', () => {
  it('have the same keys: what one signs, the other takes', async () => {
    const { headers } = await newPerson(both[0])
    for (const at of both) {
      expect((await send(at, 'GET /user/current', { headers })).status).toBe(200)
    }
    const database = await databaseIn(data)
    expect(await rowsIn(database, 'select kid from signing_keys')).toHaveLength(1)
  })

  it('refuse what the other has revoked, within 250 ms (S07)', async () => {
    const [one, other] = both
    for (let round = 0; round < ROUNDS; round++) {
      const { headers } = await newPerson(both[0])
      expect((await ask({ at: one, call: 'DELETE /sessions/current', headers })).status).toBe(204)
      const refused = async (): Promise<boolean> => {
        const answer = await ask({
          at: other,
          call: 'GET /sessions',
          headers: bearerOf(headers),
        })
        return (await codeOf(answer)) === '401 session_ended'
      }
      await until('the other refuses it', refused, 0.25)
    }
  })

  it('renew at once what the other has revoked or withdrawn: an API may have received it sooner (P20)', async () => {
    const [one, other] = both
    const admin = await newPerson(both[0], 'admin')
    const { headers } = await newPerson(both[0])
    let held = headers['cookie'] ?? ''
    const tokenOf = (cookie: string): string => /keyhaven=([^;]+)/.exec(cookie)?.[1] ?? ''
    /** The page's question after an API has refused it. */
    const heal = async (): Promise<string> => {
      const before = tokenOf(held)
      const answer = await ask({ at: other, call: 'GET /user/current', headers: { cookie: held } })
      expect(answer.status).toBe(200)
      const token = tokenOf(cookieAfter(answer))
      expect(token).not.toBe('')
      held = held.replace(before, token)
      return token
    }
    for (let round = 0; round < ROUNDS; round++) {
      const call = `DELETE /tokens/${partOf<{ jti: string }>(tokenOf(held), 1).jti}`
      expect((await ask({ at: one, call, headers: admin.headers })).status).toBe(204)
      await heal()
    }
    const rotated = await ask({
      at: one,
      call: 'POST /keys',
      headers: admin.headers,
      body: { emergency: true },
    })
    const { kid } = (await rotated.json()) as { kid: string }
    expect(partOf<{ kid: string }>(await heal(), 0).kid).toBe(kid)
  })

  it('never skip what the other wrote while they were writing themselves', async () => {
    const somebody = await Promise.all(Array.from({ length: 8 }, () => newPerson(both[0])))
    await Promise.all(
      somebody.map(({ headers }, at) =>
        ask({ at: both[at % 2] ?? both[0], call: 'DELETE /sessions/current', headers }),
      ),
    )
    const refused = async (): Promise<boolean> => {
      for (const at of both) {
        for (const { headers } of somebody) {
          const answer = await send(at, 'GET /sessions', { headers: bearerOf(headers) })
          if (answer.status !== 401) return false
        }
      }
      return true
    }
    await until('both refuse all of them', refused)
  })

  it('give an address to one of two sign-ups at once (P18, 2.3.4)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const body = { email: `race${round}@example.com`, password }
      const answers = await Promise.all(both.map((at) => ask({ at, call: 'POST /accounts', body })))
      expect((await Promise.all(answers.map(codeOf))).toSorted()).toEqual(['201', '409 conflict'])
    }
  })

  it('give a user name to one of those who take it at once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const two = await Promise.all([newPerson(both[0]), newPerson(both[0])])
      const answers = await Promise.all(
        two.map(({ id, headers }, at) =>
          ask({
            at: both[at] ?? both[0],
            call: `PATCH /accounts/${id}`,
            body: { username: `mira${round}` },
            headers,
          }),
        ),
      )
      expect((await Promise.all(answers.map(codeOf))).toSorted()).toEqual(['200', '409 conflict'])
    }
  })

  it('let one of two password changes win (S10, 15.4.2)', async () => {
    const { id, headers } = await newPerson(both[0])
    const answers = await Promise.all(
      both.map((at, which) =>
        ask({
          at,
          call: `PUT /accounts/${id}/password`,
          body: { current: password, password: `another horse ${which}` },
          headers,
        }),
      ),
    )
    const codes = (await Promise.all(answers.map(codeOf))).toSorted()
    expect(codes[0]).toBe('204')
    expect(codes[1]).toMatch(/^401 /)
  })

  it('keep an administrator if two lock each other, or give up the role, at once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const admins = await Promise.all([newPerson(both[0], 'admin'), newPerson(both[0], 'admin')])
      const [first, second] = admins
      await rowsIn(
        await databaseIn(data),
        `delete from account_roles where role = 'admin' and account_id not in ('${first.id}', '${second.id}') returning 1`,
      )
      const calls: Omit<Ask, 'at'>[] =
        round % 2 === 0
          ? admins.map(({ headers }, at) => ({
              call: `PATCH /accounts/${admins[1 - at]?.id}`,
              body: { status: 'locked', reason: 'a quarrel' },
              headers,
            }))
          : admins.map(({ id, headers }) => ({
              call: `DELETE /accounts/${id}/roles/admin`,
              headers,
            }))
      await Promise.all(calls.map((call, at) => ask({ ...call, at: both[at] ?? both[0] })))
      const left = await rowsIn(
        await databaseIn(data),
        "select 1 from accounts join account_roles on account_id = id where role = 'admin' and status = 'active'",
      )
      expect(left.length).toBeGreaterThan(0)
    }
  })

  it('leave no session alive behind a lock, however many sign in meanwhile (S19)', async () => {
    const admin = await newPerson(both[0], 'admin')
    for (let round = 0; round < ROUNDS; round++) {
      const { id, email } = await newPerson(both[0])
      const signIns = Array.from({ length: 4 }, (_, at) =>
        ask({
          at: both[at % 2] ?? both[0],
          call: 'POST /sessions',
          body: { login: email, password },
        }),
      )
      await sleep((round % 5) * 15)
      const locked = await ask({
        at: both[1],
        call: `PATCH /accounts/${id}`,
        body: { status: 'locked', reason: 'a race' },
        headers: admin.headers,
      })
      expect(locked.status).toBe(200)
      await Promise.all(signIns)
      const database = await databaseIn(data)
      const alive = `select id from credentials where account_id = '${id}' and ended_at is null`
      expect(await rowsIn(database, alive)).toEqual([])
      const ended = await rowsIn(database, 'select era from revocations where era is not null')
      const given = await rowsIn(database, `select claims from tokens where account_id = '${id}'`)
      for (const { claims } of given) {
        expect(ended).toContainEqual({ era: (JSON.parse(String(claims)) as { era: string }).era })
      }
    }
  })

  it('end the feeds of two guards that are removed at once (source 5)', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const names = [`first-${round}`, `second-${round}`] as const
      const feeds: ReadableStreamDefaultReader<Uint8Array>[] = []
      for (const name of names) {
        const key = await both[0].guards.add(name)
        const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' }
        const response = await ask({ at: both[1], call: 'GET /revocations', headers })
        expect(response.status).toBe(200)
        feeds.push((response.body as ReadableStream<Uint8Array>).getReader())
      }
      await Promise.all(names.map((name, at) => both[at as 0 | 1].guards.remove(name)))
      for (const feed of feeds) {
        let part = await feed.read()
        while (!part.done) part = await feed.read()
      }
    }
  })

  it('sign on with the newest key though the time at which it signs lies ahead (source 21a)', async () => {
    const { headers } = await newPerson(both[0])
    await changeIn(
      await databaseIn(data),
      `update signing_keys set signs_from = ${Date.now() + 3_600_000}`,
      "insert into outbox (consumer, event, account_id, written_at) values ('notices', 'keys.rotated', '', 0)",
    )
    await sleep(400)
    for (const at of both) {
      expect((await send(at, 'GET /user/current', { headers })).status).toBe(200)
      expect((await ask({ at, call: 'GET /.well-known/jwks.json' })).status).toBe(200)
      const renewal = { at, call: 'POST /sessions/current/renew', headers }
      expect((await ask(renewal)).status).toBe(200)
    }
    await changeIn(await databaseIn(data), 'update signing_keys set signs_from = 0')
  })

  it('rotate keys in turns: each rotation retires the key before it, and both sign on', async () => {
    const admin = await newPerson(both[0], 'admin')
    const { headers } = admin
    const answers = await Promise.all(
      [...both, ...both].map((at) => ask({ at, call: 'POST /keys', body: {}, headers })),
    )
    for (const { status } of answers) expect(status).toBe(200)
    const unretired = 'select kid from signing_keys where published_until is null'
    expect(await rowsIn(await databaseIn(data), unretired)).toHaveLength(1)
    const published = async (at: Keyhaven): Promise<number> => {
      const jwks = await ask({ at, call: 'GET /.well-known/jwks.json' })
      return ((await jwks.json()) as { keys: unknown[] }).keys.length
    }
    const seen = async (): Promise<boolean> =>
      (await Promise.all(both.map(published))).every((count) => count === 5)
    await until('both have seen it', seen)
    for (const at of both) {
      expect((await send(at, 'GET /user/current', { headers })).status).toBe(200)
    }
  })

  it('number every revocation once, without a gap', async () => {
    const database = await databaseIn(data)
    const rows = await rowsIn(database, 'select seq from revocations order by seq')
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, at) => at + 1))
    expect(await rowsIn(database, 'select place from pending_revocations')).toEqual([])
  })

  it('keep one mark in their folder, and never spoil it for each other (S19)', async () => {
    const [{ headers }, { id }] = [await newPerson(both[0], 'admin'), await newPerson(both[0])]
    const database = await databaseIn(data)
    const [token] = await rowsIn(database, `select jti from tokens where account_id = '${id}'`)
    const call = `DELETE /tokens/${String(token?.['jti'])}`
    for (let round = 0; round < doses.positionRounds; round++) {
      const done = await Promise.all(both.map((at) => ask({ at, call, headers })))
      expect(done.map(({ status }) => status)).toEqual([204, 204])
    }
    const [{ seq } = {}] = await rowsIn(database, 'select seq from revocation_counter')
    const mark = (): string => readFileSync(join(data, 'revocations.mark'), 'utf8')
    await until('the mark is the newest', () => mark().endsWith(`:${String(seq)}\n`))
    expect(errors.mock.calls.filter(([, words]) => String(words).includes('mark'))).toEqual([])
  })
})
