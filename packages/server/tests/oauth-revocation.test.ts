import { rmSync } from 'node:fs'
import { defineAccess } from '@keyhaven/core/access'
import type { Introspection, NewApiKey, TokenAnswer } from '@keyhaven/core/wire'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import { basic, newKey, unknownKey } from '@keyhaven/stage/http/new-key'
import type { Key } from '@keyhaven/stage/http/new-key'
import { bearer, newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:write'] },
  defaultRoles: ['member'],
})
const OTHER = 'https://other.example'
const THIRD = 'https://third.example'

const data = newFolder()
let service: Service
let database: string
let ann: Person
let key: NewApiKey
let guard: string
let otherGuard: string
let thirdGuard: string

beforeAll(async () => {
  database = await databaseIn(data)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { access, environment, audience: OTHER })
  ann = await newPerson(service, 'member', 'editor')
  key = await newKey(ann)
  const { guards } = service.keyhaven
  guard = await guards.add('own')
  otherGuard = await guards.add('other', {
    audience: [OTHER],
    exchangeTo: [THIRD],
    url: [`${THIRD}/x`],
  })
  thirdGuard = await guards.add('third', { audience: [THIRD] })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

async function tokenOf(one: Key, more: object = {}): Promise<string> {
  const form = { grant_type: 'client_credentials', ...more }
  const answer = await sendForm(service, '/oauth/token', { form, headers: basic(one) })
  return ((await answer.json()) as TokenAnswer).access_token
}

async function introspect(token: string, by = guard): Promise<Introspection> {
  const headers = bearer(by)
  const answer = await sendForm(service, '/oauth/introspect', { form: { token }, headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return (await answer.json()) as Introspection
}

const revoke = (token: string, headers: Record<string, string> = basic(key)): Promise<Response> =>
  sendForm(service, '/oauth/revoke', { form: { token }, headers })
const revokeAs = (client_id: string, token: string): Promise<Response> =>
  sendForm(service, '/oauth/revoke', { form: { token, client_id } })

interface Native {
  readonly accessToken: string
  readonly refreshToken: string
}

async function signInNative(): Promise<Native> {
  const body = { login: ann.email, password, transport: 'bearer' }
  const answer = await send(service, 'POST /sessions', { body, headers: { origin: undefined } })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Native
}

const inactive = { active: false }

describe('POST /oauth/revoke', () => {
  it('revokes a token of the own key, and takes any other text as revoked (REV-1)', async () => {
    const token = await tokenOf(key)
    expect(await introspect(token)).toMatchObject({ active: true })
    for (let times = 0; times < 2; times += 1) {
      const answer = await revoke(token)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
    expect(await introspect(token)).toEqual(inactive)
    const answer = await send(service, 'GET /user/current', { headers: bearer(token) })
    expect(answer.status).toBe(401)
    // The key lives on
    expect(await introspect(await tokenOf(key))).toMatchObject({ active: true })
    for (const unknown of ['x', 'a.b.c', `${token}x`, unknownKey(), 'khr_x', 'kh_x', '💥']) {
      expect((await revoke(unknown)).status, unknown).toBe(200)
    }
    expect(await errorOf(revoke(''))).toBe('400 invalid_request')
  })

  it('refuses a token of another client, and clients that may not revoke (REV-1)', async () => {
    const other = await newKey(ann)
    const token = await tokenOf(other)
    const native = await signInNative()
    for (const foreign of [token, ann.token, native.accessToken, native.refreshToken, other.key]) {
      expect(await errorOf(revoke(foreign))).toBe('400 invalid_grant')
    }
    for (const foreign of [token, native.accessToken, native.refreshToken, other.key]) {
      expect(await errorOf(revokeAs('web', foreign))).toBe('400 invalid_grant')
    }
    for (const foreign of [token, ann.token, other.key]) {
      expect(await errorOf(revokeAs('native', foreign))).toBe('400 invalid_grant')
    }
    expect(await errorOf(revoke(token, bearer(guard)))).toBe('400 unauthorized_client')
    expect(await errorOf(revoke(token, {}))).toBe('401 invalid_client')
    expect(await introspect(token)).toMatchObject({ active: true })
    expect(await introspect(native.refreshToken)).toMatchObject({ active: true })
  })

  it('ends a key that revokes itself, with all its tokens', async () => {
    const own = await newKey(ann)
    const token = await tokenOf(own)
    expect((await revoke(own.key, basic(own))).status).toBe(200)
    expect(await introspect(token)).toEqual(inactive)
    expect(await introspect(own.key)).toEqual({ active: false, code: 'session_ended' })
    expect(await errorOf(revoke(own.key, basic(own)))).toBe('401 invalid_client')
  })

  it('ends the session of an app by either of its tokens, and with it all its tokens (REV-1, AS-11)', async () => {
    for (const which of ['refreshToken', 'accessToken'] as const) {
      const native = await signInNative()
      expect((await revokeAs('native', native[which])).status).toBe(200)
      expect(await introspect(native.accessToken)).toEqual(inactive)
      expect(await introspect(native.refreshToken)).toEqual(inactive)
      const answer = await send(service, 'GET /user/current', {
        headers: bearer(native.accessToken),
      })
      expect(answer.status).toBe(401)
    }
  })
})

describe('POST /oauth/introspect', () => {
  it('answers about a token that is for an audience of the guard, and about no other (INT-1)', async () => {
    const token = await tokenOf(key, { audience: OTHER })
    expect(await introspect(token, otherGuard)).toMatchObject({
      active: true,
      token_type: 'Bearer',
      client_id: key.id,
      aud: [OTHER],
    })
    expect(await introspect(token)).toMatchObject({ active: true })
    expect(await introspect(token, thirdGuard)).toEqual(inactive)
    const person = await introspect(ann.token)
    expect(person).toMatchObject({ active: true, client_id: 'web', sid: ann.session })
    expect(person).not.toHaveProperty('xsrf')
    for (const none of ['x', `${token}x`, 'a.b.c', 'khr_x'])
      expect(await introspect(none)).toEqual(inactive)
  })

  it('answers about a key with a recorded token, which guards of one audience share (H30)', async () => {
    const own = await newKey(ann, { addresses: ['127.0.0.1', '203.0.113.0/24'] })
    const first = await introspect(own.key)
    expect(first).toMatchObject({
      active: true,
      token_type: 'Bearer',
      client_id: own.id,
      aud: [service.issuer, OTHER],
      scope: 'notes:read notes:write',
      addresses: ['127.0.0.1', '203.0.113.0/24'],
    })
    expect(await introspect(own.key)).toEqual(first)
    expect(await introspect(own.key, otherGuard)).toMatchObject({ active: true, aud: [OTHER] })
    expect(await introspect(own.key, thirdGuard)).toEqual(inactive)
    const recorded = `select jti from tokens where credential_id = '${own.id}'`
    const jtis = (await rowsIn(database, recorded)).map(({ jti }) => jti)
    expect(jtis).toHaveLength(2)
    expect(jtis).toContain('jti' in first ? first.jti : '')
    const wrong = { id: own.id, secret: key.secret, key: `${own.id}_${key.secret}` }
    for (const unknown of [unknownKey(), wrong.key, 'kh_x']) {
      expect(await introspect(unknown)).toEqual({ active: false, code: 'token_invalid' })
    }
    await ann.ask(`DELETE /api-keys/${own.id}`)
    expect(await introspect(own.key)).toEqual({ active: false, code: 'session_ended' })
  })

  it('is for guards only', async () => {
    const asked = (headers: Record<string, string>, form = {}): Promise<string> =>
      errorOf(
        sendForm(service, '/oauth/introspect', { form: { token: key.key, ...form }, headers }),
      )
    expect(await asked({})).toBe('401 invalid_client')
    expect(await asked(bearer(ann.token))).toBe('401 invalid_client')
    expect(await asked(basic(key))).toBe('400 unauthorized_client')
    expect(await asked({}, { client_id: 'native' })).toBe('400 unauthorized_client')
    expect(await asked(bearer(guard), { token: '' })).toBe('400 invalid_request')
  })
})
