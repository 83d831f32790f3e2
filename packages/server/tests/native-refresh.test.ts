import { rmSync } from 'node:fs'
import type { BearerSessionView, TokenAnswer } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { bearer, codeOf, newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { answers, freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const APP = 'capacitor://localhost'
const OVER = '400 invalid_grant'

const data = newFolder()
let service: Service
/** Another process on the same database. */
let other: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { environment, nativeOrigins: [APP] })
  other = await serve(data, { environment, nativeOrigins: [APP] })
})
afterAll(async () => {
  await service?.close()
  await other?.close()
  rmSync(data, { recursive: true })
})

interface Phone extends BearerSessionView {
  readonly owner: Person
}

/** A phone on which a new person is signed in. */
async function phoneOf(owner?: Person): Promise<Phone> {
  const known = owner ?? (await newPerson(service))
  const body = { login: known.email, password, device: 'phone', transport: 'bearer' }
  const answer = await send(service, 'POST /sessions', { body, headers: { origin: APP } })
  return { ...((await answer.json()) as BearerSessionView), owner: known }
}

const use = (token: string, at = service, more: object = {}): Promise<Response> => {
  const form = { grant_type: 'refresh_token', client_id: 'native', refresh_token: token, ...more }
  return sendForm(at, '/oauth/token', { form, headers: { origin: APP, 'accept-language': 'de' } })
}

async function refreshed(answer: Promise<Response> | Response): Promise<Required<TokenAnswer>> {
  const response = await answer
  expect(response.status).toBe(200)
  return (await response.json()) as Required<TokenAnswer>
}

/** What a token opens: `200`, or the status and code of the refusal. */
async function opens(token: string, at = service): Promise<string> {
  const answer = await send(at, 'GET /user/current', { headers: { origin: APP, ...bearer(token) } })
  return answer.status === 200 ? '200' : codeOf(answer)
}

/** Makes the last use of a refresh token this many milliseconds older. */
const age = (milliseconds: number, { session }: BearerSessionView): Promise<void> =>
  changeIn(
    database,
    `update refresh_families set rotated_at = rotated_at - ${milliseconds} where credential_id = '${session.id}'`,
  )

const familyOf = async ({ session }: BearerSessionView): Promise<Record<string, unknown>> => {
  const query = `select * from refresh_families where credential_id = '${session.id}'`
  return (await rowsIn(database, query))[0] ?? {}
}

const credentialOf = async ({ session }: BearerSessionView): Promise<Record<string, unknown>> =>
  (await rowsIn(database, `select * from credentials where id = '${session.id}'`))[0] ?? {}

const reuses = async ({ session }: BearerSessionView): Promise<number> => {
  const query = `select id from audit where action = 'refresh_token.reused' and session_id = '${session.id}'`
  return (await rowsIn(database, query)).length
}

const outcomes = async (): Promise<(outcome: string) => number> => {
  const key = await service.keyhaven.guards.add(`metrics-${Math.random()}`)
  const answer = await send(service, 'GET /metrics', { headers: bearer(key) })
  const samples = metricsIn(await answer.text()).get('keyhaven_refreshes_total')?.samples
  return (outcome) => samples?.get(`keyhaven_refreshes_total{outcome="${outcome}"}`) ?? 0
}

describe('a refresh token (R41, R42, S02, S03, S04)', () => {
  it('gives the next tokens once, to an app without cookies, and to the client native only', async () => {
    const phone = await phoneOf()
    const answer = await use(phone.refreshToken)
    expect(answer.headers.get('access-control-allow-origin')).toBe(APP)
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(setCookies(answer)).toEqual([])
    const next = await refreshed(answer)
    expect(next).toEqual({
      access_token: expect.stringMatching(/^ey/) as unknown,
      token_type: 'Bearer',
      expires_in: expect.any(Number) as unknown,
      scope: 'notes:read',
      refresh_token: expect.stringMatching(/^khr_[\w-]{70}$/) as unknown,
    })
    expect(await opens(next.access_token)).toBe('200')
    expect((await refreshed(use(next.refresh_token))).refresh_token).not.toBe(next.refresh_token)
    expect(JSON.stringify(await familyOf(phone))).not.toContain(next.refresh_token)
    const fresh = await phoneOf()
    const token = fresh.refreshToken
    // The last sign has bits that count for nothing: another text must not be the same token
    const last = token.at(-1) ?? ''
    const sibling = String.fromCharCode(last.charCodeAt(0) + 1)
    const forged = ['khr_x', `${token}A`, token.slice(0, -1), token.slice(0, -1) + sibling, 'x']
    for (const wrong of forged) expect(await errorOf(use(wrong)), wrong).toBe(OVER)
    expect(await errorOf(use(token, service, { client_id: 'web' }))).toBe(OVER)
    const nameless = use(token, service, { client_id: undefined })
    expect(await errorOf(nameless)).toBe('401 invalid_client')
    expect(await errorOf(use(token, service, { refresh_token: undefined }))).toBe(
      '400 invalid_request',
    )
    const wider = use(token, service, { scope: 'notes:read notes:write' })
    expect(await errorOf(wider)).toBe('400 invalid_scope')
    // None of these has used it
    expect(await familyOf(fresh)).toMatchObject({ generation: 0, rotated_at: null })
    const asked = await refreshed(use(token, service, { scope: 'notes:read' }))
    expect(asked.scope).toBe('notes:read')
    // Access tokens are no refresh tokens, and the other way round
    expect(await errorOf(use(asked.access_token))).toBe(OVER)
    expect(await opens(asked.refresh_token)).toBe('401 token_invalid')
  })
  it('has one successor, for 20 parallel uses in two processes and for one whose answer was lost', async () => {
    const phone = await phoneOf()
    const uses = Array.from({ length: 20 }, (_, at) =>
      refreshed(use(phone.refreshToken, at % 2 === 0 ? service : other)),
    )
    const successors = new Set((await Promise.all(uses)).map((one) => one.refresh_token))
    expect(successors.size).toBe(1)
    expect(await familyOf(phone)).toMatchObject({ generation: 1 })
    // Ahead of the clock, so that a slow machine is within the ten seconds too
    await age(-60_000, phone)
    const repeated = await refreshed(use(phone.refreshToken, other))
    expect(successors).toContain(repeated.refresh_token)
    expect(await opens(repeated.access_token, other)).toBe('200')
    expect(await reuses(phone)).toBe(0)
  })
  it('ends the session if it is used again later: audit, mail, every token (10.4.5)', async () => {
    const before = await outcomes()
    for (const [at, locale] of [
      [service, 'de'],
      [other, 'de'],
    ] as const) {
      const phone = await phoneOf()
      const { email } = phone.owner
      const first = await refreshed(use(phone.refreshToken))
      if (at === service) {
        // Ten seconds are over, and its successor was not used
        await age(10_000, phone)
      } else {
        // At once, but its successor was used
        await age(-60_000, phone)
        await refreshed(use(first.refresh_token))
        await age(-60_000, phone)
      }
      const both = await Promise.all([
        errorOf(use(phone.refreshToken, at)),
        errorOf(use(phone.refreshToken, at)),
      ])
      expect(both).toEqual([OVER, OVER])
      expect(await errorOf(use(first.refresh_token))).toBe(OVER)
      expect(await opens(first.access_token, at)).toBe('401 session_ended')
      expect(await opens(phone.accessToken, at)).toBe('401 session_ended')
      expect(await reuses(phone)).toBe(1)
      const all = (await mails.to(email)).filter((one) => one.template === 'refresh-token-reused')
      expect(all).toMatchObject([{ locale, values: { device: 'phone' } }])
      // The browser of the same person stays
      expect((await phone.owner.ask('GET /user/current')).status).toBe(200)
    }
    const after = await outcomes()
    expect(after('reused') - before('reused')).toBeGreaterThanOrEqual(1)
    expect(after('rotated') - before('rotated')).toBe(3)
  })
})

describe('the life of a native session (S05, S06, S07, S09, S11, S17, R69)', () => {
  it('moves its idle limit by a refresh, and never its absolute one (10.4.8)', async () => {
    const phone = await phoneOf()
    const { absolute_expires_at: end } = await credentialOf(phone)
    const soon = Date.now() + 60_000
    await changeIn(
      database,
      `update credentials set idle_expires_at = ${soon} where id = '${phone.session.id}'`,
    )
    const first = await refreshed(use(phone.refreshToken))
    const moved = await credentialOf(phone)
    expect(Number(moved['idle_expires_at'])).toBeGreaterThan(soon)
    expect(moved['absolute_expires_at']).toBe(end)
    // The token ends with the session
    await changeIn(
      database,
      `update credentials set absolute_expires_at = ${soon} where id = '${phone.session.id}'`,
      `update sessions set renewed_jti = null where credential_id = '${phone.session.id}'`,
    )
    const last = await refreshed(use(first.refresh_token))
    expect(last.expires_in).toBeLessThanOrEqual(60)
    for (const limit of ['absolute_expires_at', 'idle_expires_at']) {
      const one = await phoneOf()
      const over = `update credentials set ${limit} = ${Date.now() - 1} where id = '${one.session.id}'`
      await changeIn(database, over)
      expect(await errorOf(use(one.refreshToken)), limit).toBe(OVER)
    }
  })
  it('ends by a sign-out, in the list of another device, by another password and by a lock, in every process (10.4.9)', async () => {
    const ends: readonly ((phone: Phone) => Promise<unknown>)[] = [
      ({ accessToken }) =>
        send(service, 'DELETE /sessions/current', {
          headers: { origin: APP, ...bearer(accessToken) },
        }),
      ({ owner, session }) => owner.ask(`DELETE /sessions/${session.id}`),
      ({ owner }) =>
        owner.ask(`PUT /accounts/${owner.id}/password`, {
          current: password,
          password: 'another correct horse',
        }),
      ({ owner }) => service.keyhaven.accounts.lock(owner.id, 'lost phone'),
    ]
    for (const end of ends) {
      const phone = await phoneOf()
      const next = await refreshed(use(phone.refreshToken))
      await end(phone)
      for (const at of [other, service]) {
        expect(await errorOf(use(next.refresh_token, at))).toBe(OVER)
        expect(await opens(next.access_token, at)).toMatch(/^401 (session_ended|account_locked)$/)
      }
      await service.keyhaven.accounts.unlock(phone.owner.id).catch(() => undefined)
      expect(await errorOf(use(next.refresh_token))).toBe(OVER)
      expect(await reuses(phone)).toBe(0)
    }
  })
  it('stays after its own change of the password, with the same refresh token', async () => {
    const phone = await phoneOf()
    const { id } = phone.owner
    const body = { current: password, password: 'another correct horse' }
    const headers = { origin: APP, ...bearer(phone.accessToken) }
    const changed = await send(service, `PUT /accounts/${id}/password`, { body, headers })
    expect(changed.status).toBe(204)
    expect(await opens(phone.accessToken)).toBe('401 token_expired')
    expect(await opens((await refreshed(use(phone.refreshToken))).access_token)).toBe('200')
  })
  it('goes on with the same token if the process is killed between the use and its answer (S19)', async () => {
    const phone = await phoneOf()
    const port = await freePort()
    const environment = {
      KEYHAVEN_URL: service.issuer,
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: data,
      KEYHAVEN_DATABASE: database,
      ...unreachable,
    }
    const killed = run([...keyhaven, 'start'], { environment })
    const address = `http://127.0.0.1:${port}/auth`
    await until('the service answers', () => answers(`${address}/health/ready`))
    // Its answer never arrives
    const lost = use(phone.refreshToken, { ...service, address }).catch(() => undefined)
    await until('it was used', async () => (await familyOf(phone))['generation'] === 1)
    await killed.stop('SIGKILL')
    await lost
    await age(-60_000, phone)
    const next = await refreshed(use(phone.refreshToken))
    expect(await opens(next.access_token)).toBe('200')
    await refreshed(use(next.refresh_token))
    expect(await reuses(phone)).toBe(0)
  })
})
