import { rmSync } from 'node:fs'
import { defineAccess } from '@keyhaven/core/access'
import type { NewApiKey, TokenAnswer } from '@keyhaven/core/wire'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import type { Form } from '@keyhaven/stage/http/forms'
import { basic, basicOf, newKey } from '@keyhaven/stage/http/new-key'
import { bearer, newPerson } from '@keyhaven/stage/http/person'
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

const data = newFolder()
let service: Service
let database: string
let ann: Person
let key: NewApiKey

beforeAll(async () => {
  database = await databaseIn(data)
  const environment = { NODE_ENV: 'test', ...unreachable }
  service = await serve(data, { access, environment, audience: OTHER })
  ann = await newPerson(service, 'member', 'editor')
  key = await newKey(ann)
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

const grant = { grant_type: 'client_credentials' }
const ask = (form: Form, headers = basic(key)): Promise<Response> =>
  sendForm(service, '/oauth/token', { form, headers })

async function tokenFor(form: Form = {}, by = key): Promise<TokenAnswer> {
  const answer = await ask({ ...grant, ...form }, basic(by))
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as TokenAnswer
}

const claimsOf = ({ access_token }: TokenAnswer): Record<string, unknown> =>
  JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

describe('POST /oauth/token with client_credentials', () => {
  it('gives a key a recorded token of its own, which is for the own account only (AT-1, AT-3, H1)', async () => {
    const answer = await ask(grant)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const token = (await answer.json()) as TokenAnswer
    expect(token).toMatchObject({ token_type: 'Bearer', scope: 'notes:read notes:write' })
    const claims = claimsOf(token)
    expect(claims).toMatchObject({
      iss: service.issuer,
      sub: `${service.issuer}/accounts/${ann.id}`,
      aud: [service.issuer, OTHER],
      client_id: key.id,
      scope: token.scope,
    })
    // No account has the id of a key
    expect(key.id).toMatch(/^kh_/)
    expect(ann.id).not.toMatch(/^kh_/)
    for (const none of ['sid', 'act', 'xsrf', 'auth_time']) expect(claims).not.toHaveProperty(none)
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeGreaterThanOrEqual(token.expires_in)
    const header = token.access_token.split('.')[0] ?? ''
    expect(Buffer.from(header, 'base64url').toString()).toContain('"at+jwt"')
    const recorded = `select credential_id from tokens where jti = '${String(claims['jti'])}'`
    expect(await rowsIn(database, recorded)).toEqual([{ credential_id: key.id }])
  })

  it('gives a part of what the key has, and nothing beyond it (A22, AT-2, H1, H30, 10.4.11)', async () => {
    const part = await tokenFor({ scope: 'notes:read', resource: OTHER })
    expect(claimsOf(part)).toMatchObject({ scope: 'notes:read', aud: [OTHER] })
    const both = await tokenFor({ audience: [OTHER, service.issuer], resource: OTHER })
    expect(claimsOf(both)['aud']).toEqual([OTHER, service.issuer])
    const small = await newKey(ann, { scope: ['notes:read'], audience: [OTHER] })
    expect(claimsOf(await tokenFor({}, small))).toMatchObject({ scope: 'notes:read', aud: [OTHER] })
    const asSmall = basic(small)
    for (const scope of [
      'notes:write',
      'notes:read notes:write',
      'keyhaven:accounts:read',
      ' ',
      'a  b',
      '"',
    ]) {
      expect(await errorOf(ask({ ...grant, scope }, asSmall)), scope).toBe('400 invalid_scope')
    }
    for (const one of [
      { audience: service.issuer },
      { resource: [OTHER, 'https://third.example'] },
    ]) {
      expect(await errorOf(ask({ ...grant, ...one }, asSmall))).toBe('400 invalid_target')
    }
  })
})

describe('an OAuth endpoint', () => {
  it('takes a form only: a repeated parameter is refused, others are ignored, empty ones absent (AS-10)', async () => {
    expect((await tokenFor({ scope: '', other: 'x' })).scope).toBe('notes:read notes:write')
    expect(await errorOf(ask({ grant_type: ['client_credentials', 'client_credentials'] }))).toBe(
      '400 invalid_request',
    )
    expect(await errorOf(ask({ ...grant, other: ['a', 'b'] }))).toBe('400 invalid_request')
    expect(await errorOf(ask({ grant_type: '' }))).toBe('400 invalid_request')
    expect(await errorOf(ask({}))).toBe('400 invalid_request')
    expect(await errorOf(ask({ ...grant, scope: 'x'.repeat(65_536) }))).toBe('413 invalid_request')
    const raw = (body: string, type: string): Promise<string> =>
      errorOf(
        fetch(`${service.address}/oauth/token`, {
          method: 'POST',
          headers: { ...basic(key), 'content-type': type },
          body,
        }),
      )
    const form = 'application/x-www-form-urlencoded'
    expect(await raw(JSON.stringify(grant), 'application/json')).toBe('415 invalid_request')
    expect(await raw('grant_type=client_credentials', `${form}; charset=latin1`)).toBe(
      '415 invalid_request',
    )
    expect(await raw('grant_type=client_credentials&scope=%ff', form)).toBe('400 invalid_request')
    expect(await raw('grant_type=client_credentials&scope=%', form)).toBe('400 invalid_request')
  })

  it('has no grant but those that are built: none by password, none by a redirect (AS-5, 10.4.4)', async () => {
    for (const grant_type of ['password', 'implicit', 'authorization_code', 'Client_Credentials']) {
      expect(await errorOf(ask({ grant_type, username: 'a', password: 'b', code: 'c' }))).toBe(
        '400 unsupported_grant_type',
      )
    }
  })

  it('authenticates a client by one method, and refuses all that are not valid alike (AS-10, A08, 10.4.10)', async () => {
    const inForm = { client_id: key.id, client_secret: key.secret }
    expect((await ask({ ...grant, ...inForm }, {})).status).toBe(200)
    expect((await ask(grant, bearer(key.key))).status).toBe(200)
    expect((await ask({ ...grant, client_id: key.id })).status).toBe(200)
    expect(await errorOf(ask({ ...grant, ...inForm }))).toBe('400 invalid_request')
    expect(await errorOf(ask({ ...grant, client_id: 'native' }))).toBe('400 invalid_request')
    const guard = await service.keyhaven.guards.add('clients')
    expect(await errorOf(ask({ ...grant, client_id: 'native' }, bearer(guard)))).toBe(
      '400 invalid_request',
    )
    // Both are known, and may not have this grant
    expect(await errorOf(ask(grant, bearer(guard)))).toBe('400 unauthorized_client')
    expect(await errorOf(ask({ ...grant, client_id: 'native' }, {}))).toBe(
      '400 unauthorized_client',
    )
    const ended = await newKey(ann)
    const other = await newKey(ann)
    await ann.ask(`DELETE /api-keys/${ended.id}`)
    const refused = [
      ask(grant, basic(ended)),
      ask(grant, basicOf(key.id, other.secret)),
      ask(grant, basicOf(key.id, 'x')),
      ask(grant, basicOf(ann.email, 'correct horse battery')),
      ask(grant, bearer(ann.token)),
      ask(grant, bearer('khg_nothing')),
      ask(grant, ann.headers),
      ask(grant, {}),
      ask({ ...grant, client_id: key.id }, {}),
      ask({ ...grant, client_id: 'nobody' }, {}),
      ask({ ...grant, client_id: key.id, client_secret: other.secret }, {}),
      ask({ ...grant, client_secret: key.secret }, {}),
      sendForm(service, `/oauth/token?client_id=${key.id}&client_secret=${key.secret}`, {
        form: grant,
      }),
    ]
    const bodies = new Set<string>()
    for (const answer of await Promise.all(refused)) {
      expect(answer.status).toBe(401)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      // A browser would open its dialog
      expect(answer.headers.get('www-authenticate')).not.toMatch(/basic|digest/i)
      bodies.add(await answer.text())
    }
    expect(bodies.size).toBe(1)
    expect([...bodies][0]).toContain('"invalid_client"')
  })

  it('refuses a key at an address that its owner has not listed', async () => {
    const listed = await newKey(ann, { addresses: ['203.0.113.0/24'] })
    expect(await errorOf(ask(grant, basic(listed)))).toBe('400 unauthorized_client')
  })
})
