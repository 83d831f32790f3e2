import { rmSync } from 'node:fs'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import type { NewApiKey, TokenAnswer } from '@keyhaven/core/wire'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { expire } from '@keyhaven/stage/databases/expire'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import type { Form } from '@keyhaven/stage/http/forms'
import { basic, newKey } from '@keyhaven/stage/http/new-key'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { bearer, codeOf, newPerson, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const OWN = 'https://app.example'
const BILLING = 'https://billing.example'
const MAPS = 'https://maps.example'
const STOCK = 'https://stock.example'
const TYPE = 'urn:ietf:params:oauth:token-type:access_token'

const data = newFolder()
let service: Service
let database: string
let billing: Guard
/** Keys of guards: of the API of billing, of one that exchanges for nothing, and of the app's own API. */
const guardKeys = { billing: '', plain: '', own: '' }

beforeAll(async () => {
  database = await databaseIn(data)
  const environment = { NODE_ENV: 'test', ...unreachable }
  const exchange = { audiences: [BILLING, MAPS] }
  service = await serve(data, { environment, exchange, audience: OWN })
  for (const name of ['billing', 'plain', 'own'] as const) {
    guardKeys[name] = await service.keyhaven.guards.add(name)
  }
  const list = (...audiences: string[]): string => `'${JSON.stringify(audiences)}'`
  await changeIn(
    database,
    `update guards set audiences = ${list(BILLING)}, exchange_to = ${list(STOCK, BILLING)} where name = 'billing'`,
    `update guards set audiences = ${list(BILLING)} where name = 'plain'`,
    `update guards set exchange_to = ${list(STOCK)} where name = 'own'`,
  )
  billing = createGuard({
    issuer: service.issuer,
    reach: service.address,
    audience: BILLING,
    feedKey: guardKeys.billing,
    log: () => {},
  })
  await billing.ready()
})
afterAll(async () => {
  billing.close()
  await service.close()
  rmSync(data, { recursive: true })
})

const grant = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: TYPE,
}
const ask = (form: Form, headers = {}): Promise<Response> =>
  sendForm(service, '/oauth/token', { form: { ...grant, ...form }, headers })
const askFor = (subject_token: string, audience: Form[string], more: Form = {}) =>
  ask({ client_id: 'web', subject_token, audience, ...more })
const askAs = (name: keyof typeof guardKeys, subject_token: string, audience: Form[string]) =>
  ask({ subject_token, audience }, bearer(guardKeys[name]))

async function tokenOf(answer: Promise<Response>): Promise<TokenAnswer> {
  const response = await answer
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as TokenAnswer
}
const exchanged = async (...of: Parameters<typeof askFor>): Promise<string> =>
  (await tokenOf(askFor(...of))).access_token

type Claims = Readonly<Record<string, unknown>> & { readonly exp: number; readonly jti: string }
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims

/** What the guard of billing answers for a token: `ok`, or the code of its refusal. */
function decided(token: string): string {
  const request = { method: 'GET', url: '/', header: (name: string) => headersOf(token)[name] }
  const decision = billing.decide(request)
  return decision.ok ? 'ok' : (decision.refused?.code ?? 'unsettled')
}
const headersOf = (token: string): Record<string, string | undefined> => bearer(token)

describe('the exchange of an own token', () => {
  let ann: Person
  beforeAll(async () => {
    ann = await newPerson(service, 'member', 'editor', 'admin')
  })

  it('gives a page a token for another API only, which its guard takes (TX-1, H1, H2, R33)', async () => {
    const before = claimsOf(ann.token)
    const answer = await askFor(ann.token, BILLING, { scope: 'notes:read' })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const token = await tokenOf(Promise.resolve(answer))
    expect(token).toMatchObject({
      issued_token_type: TYPE,
      token_type: 'Bearer',
      scope: 'notes:read',
    })
    expect(token).not.toHaveProperty('refresh_token')
    const claims = claimsOf(token.access_token)
    expect(claims).toMatchObject({
      aud: [BILLING],
      sub: before['sub'],
      sid: ann.session,
      client_id: 'web',
      auth_time: before['auth_time'],
      scope: 'notes:read',
    })
    for (const name of ['act', 'xsrf', 'session_exp']) expect(claims).not.toHaveProperty(name)
    expect(claims.exp).toBeLessThanOrEqual(before.exp)
    expect(decided(token.access_token)).toBe('ok')
    const own = await send(service, 'GET /user/current', { headers: bearer(token.access_token) })
    expect(await codeOf(own)).toBe('403 credential_not_allowed')
    // Without a scope all that the token has, and never one of the service
    const whole = await tokenOf(askFor(ann.token, [BILLING, MAPS]))
    expect(whole.scope).toBe('notes:read notes:write')
    const [row] = await rowsIn(
      database,
      `select details from audit where action = 'token.exchanged' and account_id = '${ann.id}'`,
    )
    expect(JSON.parse(String(row?.['details']))).toMatchObject({
      audience: [BILLING],
      caller: 'web',
    })
  })

  it('lives no longer than the token, and ends with its session at once (TX-1, H2)', async () => {
    const bob = await newPerson(service)
    const soon = Math.floor(Date.now() / 1000) + 100
    await changeIn(
      database,
      `update credentials set absolute_expires_at = ${soon * 1000} where id = '${bob.session}'`,
    )
    const token = await exchanged(bob.token, BILLING)
    expect(claimsOf(token).exp).toBe(soon)
    expect(decided(token)).toBe('ok')
    const former = bob.token
    await bob.ask('DELETE /sessions/current')
    await until('the guard refuses it', () => decided(token) === 'session_ended')
    expect(await errorOf(askFor(former, BILLING))).toBe('400 invalid_grant')
    const live = `select id from credentials where account_id = '${bob.id}' and ended_at is null`
    expect(await rowsIn(database, live)).toEqual([])
  })

  it('whose own time is over ends without an entry: a feed is not flooded by many (H2)', async () => {
    const bob = await newPerson(service)
    const { jti } = claimsOf(await exchanged(bob.token, BILLING))
    await expire(database, bob.id, 'delegation')
    const live = `select id from credentials where account_id = '${bob.id}' and kind = 'delegation' and ended_at is null`
    await until('the job ends it', async () => (await rowsIn(database, live)).length === 0)
    expect(await rowsIn(database, `select id from revocations where id = '${jti}'`)).toEqual([])
  })

  it('is over when its account is locked, and stays so (TX-1, H2)', async () => {
    const bob = await newPerson(service)
    const token = await exchanged(bob.token, BILLING)
    await service.keyhaven.accounts.lock(bob.id, 'a test')
    await until('the guard refuses it', () => decided(token) === 'account_locked')
    expect(await errorOf(askFor(bob.token, BILLING))).toBe('400 invalid_grant')
    await service.keyhaven.accounts.unlock(bob.id)
    expect(decided(token)).toBe('account_locked')
    expect(await errorOf(askAs('billing', token, STOCK))).toBe('400 invalid_grant')
  })

  it.each([
    ['a wider scope', { scope: 'notes:read notes:delete' }, 'invalid_scope'],
    ['a scope of the service', { scope: 'keyhaven:accounts:read' }, 'invalid_scope'],
    ['an API that the operator does not list', { audience: STOCK }, 'invalid_target'],
    ['one of them among others', { audience: [BILLING, STOCK] }, 'invalid_target'],
    ['no API', { audience: undefined }, 'invalid_target'],
    [
      'a refresh token in return',
      { requested_token_type: TYPE.replace('access', 'refresh') },
      'invalid_request',
    ],
    [
      'the type of a refresh token',
      { subject_token_type: TYPE.replace('access', 'refresh') },
      'invalid_request',
    ],
    ['a refresh token as the subject', { subject_token: `khr_${'a'.repeat(80)}` }, 'invalid_grant'],
    ['garbage as the subject', { subject_token: 'a.b.c' }, 'invalid_grant'],
    ['a guard key as the subject', { subject_token: `khg_${'a'.repeat(43)}` }, 'invalid_grant'],
    [
      'an actor that is not the client',
      { actor_token_type: TYPE, actor_token: 'a.b.c' },
      'invalid_grant',
    ],
    ['an actor token without its type', { actor_token: 'a.b.c' }, 'invalid_request'],
    ['the type of an actor token alone', { actor_token_type: TYPE }, 'invalid_request'],
  ] satisfies [string, Form, string][])('refuses %s (TX-1)', async (_, form, error) => {
    expect(await errorOf(askFor(ann.token, BILLING, form))).toBe(`400 ${error}`)
  })

  it('refuses the service itself as an API, and a call without a client (TX-1, H1)', async () => {
    expect(await errorOf(askFor(ann.token, service.issuer))).toBe('400 invalid_target')
    const form = { subject_token: ann.token, audience: BILLING }
    expect(await errorOf(ask(form))).toBe('401 invalid_client')
    expect(await errorOf(ask({ ...form, resource: 'https://x.example/#a' }))).toMatch(/^4/)
  })

  it('refuses a revoked token, and that of a ticket (TX-1)', async () => {
    const bob = await newPerson(service)
    const revoked = await ann.ask(`DELETE /tokens/${claimsOf(bob.token).jti}`)
    expect(revoked.status).toBe(204)
    expect(await errorOf(askFor(bob.token, BILLING))).toBe('400 invalid_grant')
    const carol = await newPerson(service)
    await changeIn(database, `update credentials set kind = 'ticket' where id = '${carol.session}'`)
    expect(await errorOf(askFor(carol.token, BILLING))).toBe('400 invalid_grant')
  })
})

describe('the exchange by an API', () => {
  it('names the API as the actor, and only one that is registered may (H2, TX-1)', async () => {
    const ann = await newPerson(service, 'member', 'editor')
    const first = await exchanged(ann.token, BILLING)
    const second = (await tokenOf(askAs('billing', first, STOCK))).access_token
    expect(claimsOf(second)).toMatchObject({
      aud: [STOCK],
      act: { sub: 'guard:billing' },
      sid: ann.session,
    })
    // Of another API, for an API that is not its own, and by the page
    expect(await errorOf(askAs('own', first, STOCK))).toBe('400 invalid_grant')
    expect(await errorOf(askAs('plain', first, STOCK))).toBe('400 invalid_target')
    expect(await errorOf(askAs('billing', first, MAPS))).toBe('400 invalid_target')
    expect(await errorOf(askAs('billing', second, STOCK))).toBe('400 invalid_grant')
    expect(await errorOf(askFor(first, MAPS))).toBe('400 invalid_grant')
    // The app’s own API may exchange what the page sent it
    const own = (await tokenOf(askAs('own', ann.token, STOCK))).access_token
    expect(claimsOf(own)['act']).toEqual({ sub: 'guard:own' })
    const wrong = bearer(`khg_${'a'.repeat(43)}`)
    expect(await errorOf(ask({ subject_token: first, audience: STOCK }, wrong))).toBe(
      '401 invalid_client',
    )
  })

  it('ends a loop after four actors (H2)', async () => {
    const ann = await newPerson(service)
    let token = await exchanged(ann.token, BILLING)
    for (let turn = 0; turn < 4; turn++) {
      token = (await tokenOf(askAs('billing', token, BILLING))).access_token
    }
    const deepest = 'guard:billing'
    expect(claimsOf(token)['act']).toMatchObject({
      sub: deepest,
      act: { sub: deepest, act: { act: { sub: deepest } } },
    })
    expect(await errorOf(askAs('billing', token, BILLING))).toBe('400 invalid_grant')
    await ann.ask('DELETE /sessions/current')
    const live = `select id from credentials where account_id = '${ann.id}' and ended_at is null`
    expect(await rowsIn(database, live)).toEqual([])
  })

  it('refuses what an impersonation would have: a session with an actor (H5)', async () => {
    const ann = await newPerson(service)
    const first = await exchanged(ann.token, BILLING)
    const second = (await tokenOf(askAs('billing', first, BILLING))).access_token
    await changeIn(
      database,
      `update credentials set kind = 'session' where id =
       (select credential_id from tokens where jti = '${claimsOf(second).jti}')`,
    )
    expect(await errorOf(askAs('billing', second, STOCK))).toBe('400 invalid_grant')
  })

  it('gives one credential 100 live tokens at most, until one ends', async () => {
    const ann = await newPerson(service)
    await exchanged(ann.token, BILLING)
    const copies = Array.from({ length: 99 }, (_, at) => `('dlg_copy${at}_${ann.id}')`).join(', ')
    await changeIn(
      database,
      `insert into credentials (id, kind, account_id, client_id, scope, parent_id, created_at, last_used_at, absolute_expires_at, epoch)
       select column1, kind, account_id, client_id, scope, parent_id, created_at, last_used_at, absolute_expires_at, epoch
       from credentials, (values ${copies}) as copies where parent_id = '${ann.session}'`,
    )
    const refused = await askFor(ann.token, BILLING)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await errorOf(refused)).toBe('429 temporarily_unavailable')
  })
})

describe('the exchange of an API key', () => {
  let ann: Person
  let key: NewApiKey
  beforeAll(async () => {
    ann = await newPerson(service, 'member', 'editor')
    key = await newKey(ann, { scope: ['notes:read'] })
  })
  const asKey = (one: NewApiKey, form: Form): Promise<Response> =>
    ask({ subject_token: one.key, ...form }, basic(one))

  it('narrows the key to one API, and ends with it (TX-1, R25)', async () => {
    const { access_token: token } = await tokenOf(asKey(key, { audience: BILLING }))
    const claims = claimsOf(token)
    expect(claims).toMatchObject({ aud: [BILLING], client_id: key.id, scope: 'notes:read' })
    for (const name of ['sid', 'act', 'auth_time']) expect(claims).not.toHaveProperty(name)
    expect(decided(token)).toBe('ok')
    expect(await errorOf(asKey(key, { audience: BILLING, scope: 'notes:write' }))).toBe(
      '400 invalid_scope',
    )
    // What it exchanged it narrows at most, and is the actor of it then
    const again = (form: Form) => asKey(key, { subject_token: token, ...form })
    expect(await errorOf(again({ audience: MAPS }))).toBe('400 invalid_target')
    const { access_token: second } = await tokenOf(again({ audience: BILLING }))
    expect(claimsOf(second)['act']).toEqual({ sub: key.id })
    await ann.ask(`DELETE /api-keys/${key.id}`)
    await until('the guard refuses both', () =>
      [token, second].every((one) => decided(one) === 'session_ended'),
    )
    expect(await errorOf(askFor(key.key, BILLING))).toBe('400 invalid_grant')
  })

  it('keeps the audiences and addresses of a key (H30, TX-1)', async () => {
    const narrow = await newKey(ann, { audience: [BILLING] })
    expect(await errorOf(asKey(narrow, { audience: MAPS }))).toBe('400 invalid_target')
    await tokenOf(asKey(narrow, { audience: BILLING }))
    expect(await errorOf(askFor(narrow.key, BILLING))).toBe('400 invalid_grant')
    const bound = await newKey(ann, { addresses: ['192.0.2.1/32'] })
    expect(await errorOf(askFor(bound.key, BILLING))).toBe('400 invalid_grant')
    const open = await newKey(ann)
    await exchanged(open.key, MAPS)
    expect(await errorOf(askFor(`${open.key.slice(0, -1)}x`, MAPS))).toBe('400 invalid_grant')
  })

  it('lets a key act for a user with its own actor token only (H2, TX-1)', async () => {
    const agent = await newKey(await newPerson(service))
    const form = { subject_token: ann.token, audience: MAPS, actor_token_type: TYPE }
    const token = await tokenOf(asKey(agent, { ...form, actor_token: agent.key }))
    expect(claimsOf(token.access_token)).toMatchObject({
      sub: `${service.issuer}/accounts/${ann.id}`,
      act: { sub: agent.id },
    })
    const other = await newKey(ann)
    expect(await errorOf(asKey(agent, { ...form, actor_token: other.key }))).toBe(
      '400 invalid_grant',
    )
    expect(await errorOf(asKey(agent, { ...form, actor_token: ann.token }))).toBe(
      '400 invalid_grant',
    )
    expect(await errorOf(asKey(agent, { ...form, actor_token: undefined }))).toBe(
      '400 invalid_request',
    )
  })
})

describe('the metrics of exchanges', () => {
  it('count them by outcome', async () => {
    const headers = bearer(guardKeys.plain)
    const text = await (await send(service, 'GET /metrics', { headers })).text()
    const samples = metricsIn(text).get('keyhaven_exchanges_total')?.samples
    const of = (outcome: string) => samples?.get(`keyhaven_exchanges_total{outcome="${outcome}"}`)
    expect(of('exchanged')).toBeGreaterThan(10)
    expect(of('invalid_target')).toBeGreaterThan(3)
    expect(of('limited')).toBe(1)
    expect(of('failed')).toBe(0)
  })
})
