import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KeyObject } from 'node:crypto'
import type { TokenAnswer } from '@keyhaven/core/wire'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import type { Form } from '@keyhaven/stage/http/forms'
import { bearer, newPerson } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const BILLING = 'https://billing.example'
const US = 'https://app.example/partners'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'

interface Pair {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: Record<string, unknown>
}
function newPair(kid: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } }
}

const pair = newPair('one')
const stranger = newPair('one')
/** What the issuer's server answers at each path, and how often it was called there. */
const answers = new Map<string, (response: ServerResponse) => void>()
const calls = new Map<string, number>()
const issuerServer = createServer((request, response) => {
  const path = request.url ?? ''
  calls.set(path, (calls.get(path) ?? 0) + 1)
  const answer = answers.get(path)
  if (answer === undefined) response.writeHead(404).end()
  else answer(response)
})
let connections = 0
issuerServer.on('connection', () => (connections += 1))
const setOf = (...pairs: Pair[]) => JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) })

const data = newFolder()
let service: Service
let database: string
let base: string
let ann: Person
let bob: Person

const entry = {
  audience: US,
  scopes: ['notes:read', 'notes:write'],
  algorithms: ['ES256'],
  typ: 'JWT',
  account: async ({ sub }: Readonly<Record<string, unknown>>) => {
    if (sub === 'broken') throw new Error('the table of partners is away')
    return { ann: ann.id, bob: bob.id }[String(sub)]
  },
}
const hostile = ['huge', 'empty', 'redirect', 'private'] as const
/** Ends the answer of the server that never completes one. */
let giveUp: (() => void) | undefined

beforeAll(async () => {
  database = await databaseIn(data)
  issuerServer.listen(0, '127.0.0.1')
  await once(issuerServer, 'listening')
  base = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`
  answers.set('/keys', (response) => response.end(setOf(pair)))
  answers.set('/huge', (response) => response.end(setOf(pair) + ' '.repeat(70_000)))
  answers.set('/empty', (response) => response.end('{"keys":[]}'))
  answers.set('/redirect', (response) => response.writeHead(302, { location: '/keys' }).end())
  answers.set('/private', (response) => {
    const d = pair.privateKey.export({ format: 'jwk' }).d
    response.end(JSON.stringify({ keys: [{ ...pair.jwk, d }] }))
  })
  answers.set('/slow', (response) => {
    response.write('{"keys":[')
    giveUp = () => response.destroy()
  })
  service = await serve(data, {
    environment: { NODE_ENV: 'test', ...unreachable },
    exchange: { audiences: [BILLING] },
    trust: [
      { ...entry, issuer: 'partner', jwks: `${base}/keys` },
      { ...entry, issuer: 'static', jwks: { keys: [pair.jwk] } },
      ...[...hostile, 'slow'].map((name) => ({ ...entry, issuer: name, jwks: `${base}/${name}` })),
    ],
  })
  ann = await newPerson(service)
  bob = await newPerson(service, 'member', 'editor')
})
afterAll(async () => {
  await service.close()
  issuerServer.closeAllConnections()
  issuerServer.close()
  rmSync(data, { recursive: true })
})

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
function jwtOf(claims: object = {}, header: object = {}, by = pair): string {
  const now = Math.floor(Date.now() / 1000)
  const times = { iat: now, exp: now + 300, jti: randomUUID() }
  const body = { iss: 'partner', aud: US, sub: 'ann', ...times, ...claims }
  const input = `${part({ alg: 'ES256', typ: 'JWT', kid: by.kid, ...header })}.${part(body)}`
  const signature = sign('sha256', Buffer.from(input), {
    key: by.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

const grant = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: JWT,
  audience: BILLING,
}
const ask = (subject_token: string, form: Form = {}, headers = {}): Promise<Response> =>
  sendForm(service, '/oauth/token', { form: { ...grant, subject_token, ...form }, headers })
const claimsOf = ({ access_token }: TokenAnswer): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as Readonly<
    Record<string, unknown>
  >
const now = (): number => Math.floor(Date.now() / 1000)

describe('the exchange of a token of a trusted issuer', () => {
  it('gives a credential of its own, without a client and without a proof of the user (H41, H2, R26, R32)', async () => {
    const soon = now() + 60
    const answer = await ask(jwtOf({ exp: soon, sub: 'bob', scope: 'keyhaven:accounts:read' }))
    const token = (await answer.json()) as TokenAnswer
    expect(token).toMatchObject({ scope: 'notes:read notes:write', token_type: 'Bearer' })
    const claims = claimsOf(token)
    expect(claims).toMatchObject({
      aud: [BILLING],
      sub: `${service.issuer}/accounts/${bob.id}`,
      client_id: 'partner',
      exp: soon,
    })
    for (const name of ['sid', 'auth_time', 'amr', 'act']) expect(claims).not.toHaveProperty(name)
    const [row] = await rowsIn(
      database,
      `select parent_id, issuer, details from credentials
       join delegations on credential_id = credentials.id
       join audit on action = 'token.exchanged' and audit.account_id = credentials.account_id
       where credentials.account_id = '${bob.id}'`,
    )
    expect(row).toMatchObject({ parent_id: null, issuer: 'partner' })
    expect(JSON.parse(String(row?.['details']))).toMatchObject({ issuer: 'partner' })
    // Fewer scopes of those that the account has; none that the entry or the account lacks
    const less = (await (
      await ask(jwtOf({ sub: 'bob' }), { scope: 'notes:read' })
    ).json()) as object
    expect(less).toMatchObject({ scope: 'notes:read' })
    for (const scope of ['notes:write', 'keyhaven:accounts:read']) {
      expect(await errorOf(ask(jwtOf(), { scope }))).toBe('400 invalid_scope')
    }
    expect(await errorOf(ask(jwtOf(), { audience: 'https://other.example' }))).toBe(
      '400 invalid_target',
    )
  })

  it('takes a token once if it has a jti, in parallel too, and for five minutes if it has none (H41)', async () => {
    const token = jwtOf()
    const statuses = await Promise.all([1, 2, 3].map(async () => (await ask(token)).status))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 400, 400])
    const unnamed = jwtOf({ jti: undefined })
    expect((await ask(unnamed)).status).toBe(200)
    expect((await ask(unnamed)).status).toBe(200)
    for (const iat of [now() - 301, undefined]) {
      expect(await errorOf(ask(jwtOf({ jti: undefined, iat })))).toBe('400 invalid_grant')
    }
  })

  it.each([
    ['for another audience', { aud: 'https://app.example' }, {}],
    ['of an unknown issuer', { iss: 'stranger' }, {}],
    ['of no issuer', { iss: undefined }, {}],
    ['that has expired', { exp: now() - 1 }, {}],
    ['without an end', { exp: undefined }, {}],
    ['that lives for more than a day', { exp: now() + 90_000 }, {}],
    ['that ends in the year 9999', { exp: 253_402_300_799, iat: undefined }, {}],
    ['with an end that no clock has', { exp: Number.MAX_SAFE_INTEGER }, {}],
    ['that ended before it began', { iat: now() + 5, exp: now() + 4 }, {}],
    ['that is not valid yet', { nbf: now() + 3600, exp: now() + 3900 }, {}],
    ['of the future', { iat: now() + 3600, exp: now() + 3900 }, {}],
    ['bound to a key', { cnf: { jkt: 'a' } }, {}],
    ['of an actor', { act: { sub: 'a' } }, {}],
    ['that another client may exchange', { may_act: { sub: 'a' } }, {}],
    ['with an empty jti', { jti: '' }, {}],
    ['of nobody here', { sub: 'carol' }, {}],
    ['of another type', {}, { typ: 'logout+jwt' }],
    ['without a type', {}, { typ: undefined }],
    ['with another algorithm', {}, { alg: 'ES384' }],
    ['without an algorithm', {}, { alg: 'none' }],
    ['with a secret as its key', {}, { alg: 'HS256' }],
    ['with a critical extension', {}, { crit: ['exp'] }],
  ])('refuses a token %s (H41, TX-1)', async (_, claims, header) => {
    expect(await errorOf(ask(jwtOf(claims, header)))).toBe('400 invalid_grant')
  })

  it('refuses another key, a changed token, another type, and a locked account (H41)', async () => {
    expect(await errorOf(ask(jwtOf({}, {}, stranger)))).toBe('400 invalid_grant')
    const [head, , signature] = jwtOf().split('.')
    const changed = [head, jwtOf({ sub: 'bob' }).split('.')[1], signature].join('.')
    expect(await errorOf(ask(changed))).toBe('400 invalid_grant')
    const form = { subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }
    expect(await errorOf(ask(jwtOf(), form))).toBe('400 invalid_request')
    expect(await errorOf(ask(jwtOf({ sub: 'broken' })))).toBe('500 server_error')
    const carol = await newPerson(service)
    await service.keyhaven.accounts.lock(carol.id, 'a test')
    const [before] = [bob]
    bob = carol
    expect(await errorOf(ask(jwtOf({ sub: 'bob' })))).toBe('400 invalid_grant')
    bob = before
  })

  it('names an API that exchanges it, which may_act may require (H2)', async () => {
    const key = await service.keyhaven.guards.add('desk')
    const may = jwtOf({ may_act: { sub: 'guard:desk' } })
    const answer = await ask(may, {}, bearer(key))
    expect(claimsOf((await answer.json()) as TokenAnswer)['act']).toEqual({ sub: 'guard:desk' })
  })

  it('uses the keys of an entry (H41)', async () => {
    expect((await ask(jwtOf({ iss: 'static' }))).status).toBe(200)
  })
})

describe('the keys of a trusted issuer', () => {
  it('are read once for many tokens, and again for an unknown name, once in 30 seconds (H32)', async () => {
    expect(calls.get('/keys')).toBe(1)
    const next = newPair('two')
    answers.set('/keys', (response) => response.end(setOf(next)))
    const many = await Promise.all([1, 2, 3].map(() => ask(jwtOf({}, {}, next))))
    expect(many.map(({ status }) => status)).toEqual([200, 200, 200])
    // The former key is gone, and a flood of invented names causes no further read
    const names = Array.from({ length: 10 }, (_, at) => ask(jwtOf({}, { kid: `invented ${at}` })))
    for (const answer of names) expect(await errorOf(answer)).toBe('400 invalid_grant')
    expect(await errorOf(ask(jwtOf()))).toBe('400 invalid_grant')
    expect(calls.get('/keys')).toBe(2)
  })

  it.each(hostile)('are not used if the answer is hostile: %s (H32)', async (iss) => {
    expect(await errorOf(ask(jwtOf({ iss })))).toBe('503 temporarily_unavailable')
    expect(await errorOf(ask(jwtOf({ iss })))).toBe('503 temporarily_unavailable')
    expect(calls.get(`/${iss}`)).toBe(1)
  })

  it('are waited for by the tokens of their issuer alone, and read once, if its server is slow (H32)', async () => {
    const waiting = [1, 2, 3].map(() => errorOf(ask(jwtOf({ iss: 'slow' }))))
    await until('the keys are asked for', () => giveUp !== undefined)
    expect((await ask(jwtOf({ iss: 'static' }))).status).toBe(200)
    giveUp?.()
    for (const refused of await Promise.all(waiting)) {
      expect(refused).toBe('503 temporarily_unavailable')
    }
    expect(calls.get('/slow')).toBe(1)
  })

  it('are read from no private address in production (H32)', async () => {
    const before = connections
    const folder = newFolder()
    const inside = { ...entry, issuer: 'partner', jwks: `${base.replace('http', 'https')}/inside` }
    const other = await serve(folder, {
      url: 'https://app.example/auth',
      emailVerification: 'off',
      trustProxy: '127.0.0.1',
      exchange: { audiences: [BILLING] },
      trust: [inside],
    })
    const form = { ...grant, subject_token: jwtOf() }
    const headers = { 'x-forwarded-proto': 'https' }
    const answer = await sendForm(other, '/oauth/token', { form, headers })
    expect(await errorOf(answer)).toBe('503 temporarily_unavailable')
    expect(connections).toBe(before)
    await other.close()
    rmSync(folder, { recursive: true })
  })
})
