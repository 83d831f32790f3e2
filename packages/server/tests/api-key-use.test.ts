import { rmSync } from 'node:fs'
import type { KeyView, TokenAnswer } from '@keyhaven/core/wire'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { basic, basicOf, keysOf, newKey, unknownKey } from '@keyhaven/stage/http/new-key'
import type { Key } from '@keyhaven/stage/http/new-key'
import { sendForm } from '@keyhaven/stage/http/forms'
import { bearer, codeOf, newPerson, send } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const OTHER = 'https://other.example'

const data = newFolder()
let service: Service
let database: string

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data, { audience: OTHER, trustProxy: '127.0.0.1' })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

type Sent = Readonly<Record<string, string>>

const ask = (call: string, headers: Sent): Promise<Response> => send(service, call, { headers })
const current = (headers: Sent): Promise<Response> => ask('GET /user/current', headers)
const use = ({ key }: Key, headers: Sent = {}): Promise<Response> =>
  current({ ...bearer(key), ...headers })

async function viewOf(key: Key): Promise<KeyView> {
  return (await (await use(key)).json()) as KeyView
}

describe('an API key at the service', () => {
  it('reads its own account, by Basic and as a bearer, and is no session (R25, P31)', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann)
    const view = (await (await current(basic(key))).json()) as KeyView
    expect(view).toMatchObject({
      account: { id: ann.id, email: ann.email },
      scope: ['notes:read'],
      roles: ['member'],
      xsrfToken: null,
      session: null,
    })
    expect(view.claims).toMatchObject({
      iss: service.issuer,
      sub: `${service.issuer}/accounts/${ann.id}`,
      client_id: key.id,
      scope: 'notes:read',
    })
    for (const name of ['jti', 'xsrf', 'sid', 'auth_time', 'amr']) {
      expect(view.claims).not.toHaveProperty(name)
    }
    const asBearer = await use(key)
    expect(setCookies(asBearer)).toEqual([])
    expect(await asBearer.json()).toMatchObject({ account: { id: ann.id }, session: null })
    const own = await ask(`GET /accounts/${ann.id}`, basic(key))
    expect(await own.json()).toMatchObject({ id: ann.id })
    const bob = await newPerson(service)
    expect(await codeOf(await ask(`GET /accounts/${bob.id}`, basic(key)))).toBe('404 not_found')
  })

  it('opens nothing else, whatever its owner may do (A05, A11, H1, H42)', async () => {
    const boss = await newPerson(service, 'admin')
    const key = await newKey(boss)
    const described = (await (await fetch(`${service.address}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security: object[] }>>
    }
    const ways = (security: readonly object[]) => security.flatMap((way) => Object.keys(way))
    // OAuth endpoints authenticate clients by RFC 6749
    const paths = Object.entries(described.paths).filter(([path]) => !path.startsWith('/oauth/'))
    const calls = paths.flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security.length > 0 && !ways(security).includes('apiKey'))
        .map(([method]) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, boss.id)}`),
    )
    expect(calls).toContain('POST /api-keys')
    expect(calls.length).toBeGreaterThan(40)
    const form = { grant_type: 'client_credentials' }
    const granted = await sendForm(service, '/oauth/token', { form, headers: basic(key) })
    const { access_token: token } = (await granted.json()) as TokenAnswer
    for (const credential of [key.key, token]) {
      const answers = await Promise.all(calls.map((call) => ask(call, bearer(credential))))
      const codes = await Promise.all(answers.map(codeOf))
      for (const [at, code] of codes.entries()) {
        expect(code, calls[at]).toBe('403 credential_not_allowed')
      }
    }
    // The cookies of its owner beside it count for nothing
    const both = { ...boss.headers, ...bearer(key.key) }
    expect(await codeOf(await ask('GET /sessions', both))).toBe('403 credential_not_allowed')
    expect((await viewOf(key)).scope).toEqual(['notes:read', 'notes:write'])
  })

  it('is no more with a token of its own, which ends with it (A05)', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann)
    const grant = new URLSearchParams({ grant_type: 'client_credentials' })
    const issued = await fetch(`${service.address}/oauth/token`, {
      method: 'POST',
      headers: basic(key),
      body: grant,
    })
    const { access_token: token } = (await issued.json()) as { access_token: string }
    const view = (await (await current(bearer(token))).json()) as KeyView
    expect(view).toMatchObject({
      account: { id: ann.id },
      claims: { client_id: key.id },
      scope: ['notes:read'],
      session: null,
    })
    expect((await ask(`GET /accounts/${ann.id}`, bearer(token))).status).toBe(200)
    for (const call of ['GET /sessions', 'GET /api-keys', `DELETE /accounts/${ann.id}`]) {
      expect(await codeOf(await ask(call, bearer(token))), call).toBe('403 credential_not_allowed')
    }
    await ann.ask(`DELETE /api-keys/${key.id}`)
    expect(await codeOf(await current(bearer(token)))).toBe('401 session_ended')
  })

  it('counts in its header only, and whole (A03, A06)', async () => {
    const ann = await newPerson(service)
    const { key, id, secret } = await newKey(ann)
    const none = '401 not_signed_in'
    expect(await codeOf(await ask(`GET /user/current?api_key=${key}`, {}))).toBe(none)
    expect(await codeOf(await ask(`GET /user/current?access_token=${key}`, {}))).toBe(none)
    expect(await codeOf(await current({ 'x-api-key': key }))).toBe(none)
    const [cookie = ''] = ann.cookies.keys()
    expect(await codeOf(await current({ cookie: `${cookie}=${key}` }))).toBe('401 token_invalid')
    const inBody = await send(service, 'POST /api-keys', { body: { name: 'x', key } })
    expect(await codeOf(inBody)).toBe(none)
    const invalid = '401 token_invalid'
    const last = key.at(-1) === '0' ? '1' : '0'
    for (const wrong of [key.slice(0, -1) + last, key.slice(0, -1), `${key} `, id, `${key}0`]) {
      const answer = await current(bearer(wrong))
      expect([invalid, '200 undefined']).toContain(await codeOf(answer))
      expect(answer.status === 200, wrong).toBe(wrong === `${key} `)
    }
    expect(await codeOf(await current(bearer(secret)))).toBe(invalid)
    expect(await codeOf(await current(bearer(unknownKey())))).toBe(invalid)
    const other = await newKey(ann)
    expect(await codeOf(await current(basicOf(id, other.secret)))).toBe(invalid)
  })

  it('is never asked for in a dialog of the browser, and Basic of others is not ours (R25)', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann)
    const refused = [
      await current(basicOf(ann.email, 'correct horse battery')),
      await current(basicOf(key.id, 'wrong')),
      await current(basic({ ...key, id: 'kh_0000000000000000' })),
      await ask('GET /sessions', basic(key)),
    ]
    for (const answer of refused) {
      expect(answer.headers.get('www-authenticate') ?? '').not.toMatch(/basic/i)
    }
    expect(await Promise.all(refused.map(codeOf))).toEqual([
      '401 not_signed_in',
      '401 token_invalid',
      '401 token_invalid',
      '403 credential_not_allowed',
    ])
    // A proxy's own Basic beside the cookies
    const proxied = { ...ann.headers, ...basicOf('proxy', 'secret') }
    expect((await current(proxied)).status).toBe(200)
  })

  it('works from the networks and for the audiences that it was made for only (H30)', async () => {
    const ann = await newPerson(service)
    const inside = await newKey(ann, { addresses: ['10.1.0.0/16', '2001:db8::/32'] })
    const not = '403 credential_not_allowed'
    expect(await codeOf(await use(inside))).toBe(not)
    for (const address of ['10.1.2.3', '2001:db8::7', '::ffff:10.1.2.3']) {
      expect((await use(inside, { 'x-forwarded-for': address })).status, address).toBe(200)
    }
    expect(await codeOf(await use(inside, { 'x-forwarded-for': '10.2.0.1' }))).toBe(not)
    expect(await codeOf(await use(await newKey(ann, { audience: [OTHER] })))).toBe(not)
    expect((await use(await newKey(ann, { audience: [OTHER, service.issuer] }))).status).toBe(200)
  })

  it('never gets a scope that its owner gets, and loses one at once (A05)', async () => {
    const boss = await newPerson(service, 'admin')
    const ann = await newPerson(service)
    const role = (call: string) => boss.ask(`${call} /accounts/${ann.id}/roles/editor`)
    const before = await newKey(ann)
    expect((await role('PUT')).status).toBe(204)
    const after = await newKey(ann)
    expect((await viewOf(before)).scope).toEqual(['notes:read'])
    expect((await viewOf(after)).scope).toEqual(['notes:read', 'notes:write'])
    // A token of the key, as one that an API still accepts
    await changeIn(
      database,
      `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
       values ('of ${after.id}', '${ann.id}', '${after.id}', '${after.id}', 0, ${Math.floor(Date.now() / 1000) + 600}, '{}')`,
    )
    expect((await role('DELETE')).status).toBe(204)
    const sql = `select id from revocations where kind = 'jti' and id = 'of ${after.id}'`
    expect(await rowsIn(database, sql)).toHaveLength(1)
    expect((await viewOf(after)).scope).toEqual(['notes:read'])
    const scopes = (await keysOf(ann)).map(({ scope }) => scope)
    expect(scopes).toEqual([['notes:read'], ['notes:read']])
  })

  it('is listed with its last use, which is not written at each request', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann)
    const used = async () => (await keysOf(ann))[0]?.lastUsedAt
    expect(await used()).toBeNull()
    const all = await Promise.all(Array.from({ length: 20 }, () => use(key)))
    expect(all.every(({ status }) => status === 200)).toBe(true)
    const first = await used()
    expect(first).not.toBeNull()
    await use(key)
    expect(await used()).toBe(first)
    await changeIn(
      database,
      `update credentials set last_used_at = last_used_at - 600001 where id = '${key.id}'`,
    )
    const back = await used()
    await use(key)
    expect(Date.parse(String(await used()))).toBeGreaterThan(Date.parse(String(back)))
  })
})
