import { rmSync } from 'node:fs'
import type { BearerSessionView, TokenAnswer } from '@keyhaven/core/wire'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import type { Form } from '@keyhaven/stage/http/forms'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { basicOf, keysOf, newKey, unknownKey } from '@keyhaven/stage/http/new-key'
import type { Key } from '@keyhaven/stage/http/new-key'
import {
  bearer,
  codeOf,
  newPerson,
  password,
  person,
  send,
  signIn,
} from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const data = newFolder()
let service: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, {
    environment: { NODE_ENV: 'test', ...unreachable },
    url: 'https://app.example/auth',
    trustProxy: '127.0.0.1',
    emailVerification: 'off',
    resetEndsKeys: 'off',
    notices: 'on',
  })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

type Sent = Readonly<Record<string, string>>

const current = (headers: Sent): Promise<Response> =>
  send(service, 'GET /user/current', { headers })
const use = ({ key }: Key, headers: Sent = {}): Promise<Response> =>
  current({ ...bearer(key), ...headers })

describe('a key that is over', () => {
  const reasonOf = async ({ id }: Key): Promise<unknown> => {
    const [row] = await rowsIn(
      database,
      `select reason from audit where action = 'api_key.ended' and details like '%${id}%'`,
    )
    return row?.['reason']
  }

  it('is refused when its time is over, and is ended then (A04)', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann, { expiresIn: 3600 })
    expect((await use(key)).status).toBe(200)
    await changeIn(
      database,
      `update credentials set absolute_expires_at = ${Date.now() - 1} where id = '${key.id}'`,
    )
    expect(['401 token_expired', '401 session_ended']).toContain(await codeOf(await use(key)))
    expect(await keysOf(ann)).toEqual([])
    await until('the job ends it', async () => (await reasonOf(key)) === 'its time was over')
    const entries = await rowsIn(database, `select kind from revocations where id = '${key.id}'`)
    expect(entries).toEqual([{ kind: 'client_id' }])
  })

  it('ends with “everything” and with an erasure, and not with a sign-out (H36, A04)', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann)
    await ann.ask('DELETE /sessions?include=current')
    expect((await use(key)).status).toBe(200)
    await ann.signIn()
    await ann.ask('DELETE /sessions?everything=true')
    expect(await codeOf(await use(key))).toBe('401 session_ended')
    const [row] = await rowsIn(
      database,
      `select details from audit where action = 'sessions.ended' and account_id = '${ann.id}'
       and details like '%everything%'`,
    )
    expect(JSON.parse(String(row?.['details']))).toMatchObject({ ended: { apiKeys: 1 } })

    await ann.signIn()
    const last = await newKey(ann)
    expect((await ann.ask(`DELETE /accounts/${ann.id}`)).status).toBe(202)
    expect(await codeOf(await use(last))).toBe('401 account_locked')
  })

  it('is not left by a race of its making with a lock (A13)', async () => {
    const ann = await newPerson(service)
    const [made] = await Promise.all([
      ann.ask('POST /api-keys', { name: 'late' }),
      service.keyhaven.accounts.lock(ann.id, 'a test'),
    ])
    await service.keyhaven.accounts.unlock(ann.id)
    if (made.status === 201) {
      expect(await codeOf(await use((await made.json()) as Key))).not.toMatch(/^200/)
    }
    const live = await rowsIn(
      database,
      `select id from credentials where account_id = '${ann.id}' and ended_at is null`,
    )
    expect(live).toEqual([])
  })
})

describe('a change of the password', () => {
  const password = 'another horse battery'

  it('leaves keys live, and its mail names them; so does a reset if the setting says so', async () => {
    const ann = await newPerson(service)
    const key = await newKey(ann, { name: 'nightly' })
    const changed = await ann.ask(`PUT /accounts/${ann.id}/password`, {
      current: 'correct horse battery',
      password,
    })
    expect(changed.status).toBe(204)
    expect((await use(key)).status).toBe(200)
    const keys = `“nightly” (${key.id}…)`
    expect((await mails.to(ann.email)).at(-1)).toMatchObject({
      template: 'password-changed',
      values: { keys },
    })
    await changeIn(database, `update accounts set email_verified = 1 where id = '${ann.id}'`)
    await ann.ask('POST /password-resets', { email: ann.email })
    const { token } = await mails.link(ann.email)
    const reset = await ann.ask('POST /password-resets/confirm', { token, password })
    expect(reset.status).toBe(204)
    expect((await use(key)).status).toBe(200)
    expect((await mails.to(ann.email)).at(-1)).toMatchObject({ values: { keys } })
    await ann.signIn({ password })
    await ann.ask(`DELETE /api-keys/${key.id}`)
    await ann.ask(`PUT /accounts/${ann.id}/password`, {
      current: password,
      password: `${password}!`,
    })
    expect((await mails.to(ann.email)).at(-1)).toMatchObject({ values: { keys: 'none' } })
  })
})

describe('a key that a thief has made', () => {
  it('ends with the sign-in that its owner denies, or with a pause; older ones stay (H4)', async () => {
    const ann = await newPerson(service)
    await changeIn(database, `update accounts set email_verified = 1 where id = '${ann.id}'`)
    const own = await newKey(ann)
    for (const more of [{}, { pause: true }]) {
      const thief = await signIn(service, ann.email)
      const { token } = await mails.link(ann.email)
      const key = await newKey(thief)
      expect((await use(key)).status).toBe(200)
      const denied = await person(service).ask('POST /session-notices/deny', { token, ...more })
      expect(denied.status).toBe(204)
      expect(await codeOf(await use(key))).toBe('401 session_ended')
    }
    expect((await use(own)).status).toBe(200)
  })
})

describe('a key over plain http', () => {
  it('is ended, as others may have read it (R37)', async () => {
    const ann = await newPerson(service)
    const [first, second] = [await newKey(ann), await newKey(ann)]
    const plain = { 'x-forwarded-proto': 'http' }
    expect(await codeOf(await use(first, plain))).toBe('403 insecure_transport')
    expect(await codeOf(await use(first))).toBe('401 session_ended')
    // Its secret was wrong
    expect(await codeOf(await use({ ...second, key: `${second.id}_x` }, plain))).toBe(
      '403 insecure_transport',
    )
    const guessed = { ...plain, ...basicOf(second.id, unknownKey().slice(-49)) }
    expect(await codeOf(await current(guessed))).toBe('403 insecure_transport')
    expect((await use(second)).status).toBe(200)
    const open = await send(service, 'GET /health/live', {
      headers: { ...plain, ...bearer(second.key) },
    })
    expect(await codeOf(open)).toBe('403 insecure_transport')
    expect(await codeOf(await use(second))).toBe('401 session_ended')
  })
})

describe('the form of an OAuth call over plain http', () => {
  it('ends the key, the refresh token, and the tokens in it (R37)', async () => {
    const plain = { 'x-forwarded-proto': 'http' }
    const exposed = async (path: string, form: Form): Promise<void> =>
      expect(await errorOf(sendForm(service, path, { form, headers: plain }))).toBe(
        '400 invalid_request',
      )
    const ann = await newPerson(service)
    const key = await newKey(ann)
    const client = { client_id: key.id, client_secret: key.key.slice(key.id.length + 1) }
    const own = { grant_type: 'client_credentials', ...client }
    const granted = await sendForm(service, '/oauth/token', { form: own })
    const { access_token: token } = (await granted.json()) as TokenAnswer
    expect((await current(bearer(token))).status).toBe(200)
    await exposed('/oauth/revoke', { ...client, client_secret: 'x', token })
    expect(await codeOf(await current(bearer(token)))).toBe('401 token_expired')
    expect((await use(key)).status).toBe(200)
    await exposed('/oauth/token', own)
    expect(await codeOf(await use(key))).toBe('401 session_ended')

    const body = { login: ann.email, password, transport: 'bearer' }
    const answer = await send(service, 'POST /sessions', { body, headers: { origin: undefined } })
    const phone = (await answer.json()) as BearerSessionView
    const refresh = { client_id: 'native', refresh_token: phone.refreshToken }
    const form = { grant_type: 'refresh_token', ...refresh }
    await exposed('/oauth/token', { ...form, client_id: undefined })
    expect(await codeOf(await current(bearer(phone.accessToken)))).toBe('401 session_ended')
    expect(await errorOf(sendForm(service, '/oauth/token', { form }))).toBe('400 invalid_grant')

    expect((await ann.ask('GET /user/current')).status).toBe(200)
    await exposed('/oauth/token', { client_id: 'web', subject_token: ann.token })
    expect(await codeOf(await ann.ask('GET /user/current'))).toBe('401 session_ended')
  })
})

describe('a flood of keys that do not exist', () => {
  it('is limited by network, and harms no known key; a mistyped one is not counted (A04)', async () => {
    const ann = await newPerson(service)
    const [known, fresh] = [await newKey(ann), await newKey(ann)]
    const office = { 'x-forwarded-for': '10.9.9.9' }
    expect((await use(known, office)).status).toBe(200)
    const guess = (key: string, headers: Sent = office) => current({ ...bearer(key), ...headers })
    const mistyped = `${known.id}_${'0'.repeat(49)}`
    for (let at = 0; at < 3; at += 1) {
      expect(await codeOf(await guess(mistyped))).toBe('401 token_invalid')
    }
    const guesses = Array.from({ length: 100 }, unknownKey)
    const codes = await Promise.all(guesses.map(async (key) => codeOf(await guess(key))))
    expect(new Set(codes)).toEqual(new Set(['401 token_invalid']))
    const over = await guess(unknownKey())
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await codeOf(over)).toBe('429 rate_limited')
    // A known id does not help
    const [, guessed = ''] = unknownKey().split(/_(?=[^_]+$)/)
    expect(await codeOf(await guess(`${known.id}_${guessed}`))).toBe('429 rate_limited')
    expect((await use(known, office)).status).toBe(200)
    expect(await codeOf(await use(fresh, office))).toBe('429 rate_limited')
    expect((await use(fresh)).status).toBe(200)
    expect((await use(fresh, office)).status).toBe(200)
    expect(await codeOf(await guess(guesses[0] ?? ''))).toBe('401 token_invalid')
    expect(await codeOf(await guess(mistyped))).toBe('401 token_invalid')
    expect(await codeOf(await guess(unknownKey(), {}))).toBe('401 token_invalid')
  })
})
