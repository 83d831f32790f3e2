import { rmSync } from 'node:fs'
import type { BearerSessionView, TokenAnswer } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MailMessage } from '@keyhaven/server'
import { errorOf, sendForm } from '@keyhaven/stage/http/forms'
import { basic, newKey } from '@keyhaven/stage/http/new-key'
import { bearer, codeOf, newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const folders = [newFolder(), newFolder()]
let here: Service
/** Another installation, with the same issuer as a mistaken operator may give it. */
let elsewhere: Service
let ann: Person
const sent: MailMessage[] = []

beforeAll(async () => {
  const url = 'http://localhost:4000/auth'
  const [mine = '', theirs = ''] = folders
  here = await serve(mine, { url, sendMail: async (mail) => void sent.push(mail) })
  elsewhere = await serve(theirs, { url })
  ann = await newPerson(here)
})
afterAll(async () => {
  await here?.close()
  await elsewhere?.close()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const onPhone = async (service: Service, { email }: Person): Promise<BearerSessionView> => {
  const body = { login: email, password, transport: 'bearer' }
  const answer = await send(service, 'POST /sessions', { body, headers: { origin: undefined } })
  expect(answer.status).toBe(201)
  return (await answer.json()) as BearerSessionView
}

const who = (service: Service, headers: Readonly<Record<string, string>>): Promise<Response> =>
  send(service, 'GET /user/current', { headers })

const client = { grant_type: 'client_credentials' }

describe('a credential of another installation', () => {
  it('opens nothing here, whatever its kind (A19)', async () => {
    const bob = await newPerson(elsewhere)
    const key = await newKey(bob)
    const phone = await onPhone(elsewhere, bob)
    const answer = await sendForm(elsewhere, '/oauth/token', { form: client, headers: basic(key) })
    const ofKey = (await answer.json()) as TokenAnswer
    const guard = await elsewhere.keyhaven.guards.add('api')
    const all = [basic(key), bearer(key.key), bearer(ofKey.access_token), bearer(phone.accessToken)]
    for (const headers of all) {
      expect((await who(elsewhere, headers)).status).toBe(200)
      expect(await codeOf(await who(here, headers))).toBe('401 token_invalid')
    }
    const refresh = { grant_type: 'refresh_token', client_id: 'native' }
    const form = { ...refresh, refresh_token: phone.refreshToken }
    expect(await errorOf(sendForm(here, '/oauth/token', { form }))).toBe('400 invalid_grant')
    const asked = { form: { token: key.key }, headers: bearer(guard) }
    expect(await errorOf(sendForm(here, '/oauth/introspect', asked))).toBe('401 invalid_client')
  })
})

describe('a password', () => {
  it('is chosen by its user alone: no administrator and no key sets it (A15)', async () => {
    const admin = await newPerson(here, 'admin')
    const set = { password: 'chosen by another person' }
    const path = `/accounts/${ann.id}`
    expect(await codeOf(await admin.ask(`PUT ${path}/password`, set))).toBe('404 not_found')
    expect(await codeOf(await admin.ask(`PATCH ${path}`, set))).toBe('400 invalid_request')
    const given = { ...set, reason: 'lost' }
    const reset = await admin.ask(`POST ${path}/password-reset`, given)
    expect(await codeOf(reset)).toBe('400 invalid_request')
    const key = await newKey(ann)
    const byKey = await send(here, `PUT ${path}/password`, {
      body: set,
      headers: { origin: undefined, ...basic(key) },
    })
    expect(await codeOf(byKey)).toBe('403 credential_not_allowed')
    await ann.signIn()
  })
})

describe('a hostile name', () => {
  it('is text wherever it is shown: in lists, the audit log and mails (A16, A18)', async () => {
    const name = '<img src=x onerror=alert(1)>"'
    for (const control of ['\r\nSet-Cookie: a=b', '\u001b[2J', 'a\u0000b']) {
      const refused = await ann.ask('POST /api-keys', { name: control })
      expect(await codeOf(refused)).toBe('400 invalid_request')
    }
    await newKey(ann, { name })
    const list = await ann.ask('GET /api-keys')
    expect(list.headers.get('content-type')).toMatch(/^application\/json/)
    expect(list.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await list.text()).toContain(JSON.stringify(name))
    const mailed = (): MailMessage | undefined => sent.find(({ text }) => text.includes(name))
    await until('the notice about the key is sent', () => mailed() !== undefined)
    expect(mailed()?.html).not.toContain('<img src')
  })
})
