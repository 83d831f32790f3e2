import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newPerson, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

/** A call of a person with every scope, by its method: neither has an effect. */
const calls = { GET: 'GET /tokens?limit=1', DELETE: 'DELETE /tokens/unknown' } as const

type Headers = Readonly<Record<string, string>>

/** What a request is answered because of its credential and its sender; `null` if it may go on. */
interface Answer {
  readonly status: number
  readonly challenge: string | null
  readonly body: { readonly code: string }
}

let service: Service
let mine: Person
/** Headers `Authorization` and `Cookie` by a name. */
let credentials: Readonly<Record<string, Headers>>
/** Headers of the sender, by a name. */
let senders: Readonly<Record<string, Headers>>

beforeAll(async () => {
  service = await serve(newFolder())
  mine = await newPerson(service, 'admin')
  const again = await signIn(service, mine.email)
  const other = await newPerson(service, 'admin')
  const [ended, revoked, locked] = [
    await newPerson(service),
    await newPerson(service),
    await newPerson(service),
  ]
  const dead = { access: ended.token, session: sessionOf(ended) }
  await ended.ask('DELETE /sessions/current')
  await service.keyhaven.accounts.lock(locked.id, 'test')
  const { items } = (await (await mine.ask(`GET /tokens?session=${revoked.session}`)).json()) as {
    items: readonly { jti: string }[]
  }
  await mine.ask(`DELETE /tokens/${items[0]?.jti}`)
  const key = await service.keyhaven.guards.add('api')
  const access = {
    none: [],
    mine: [mine.token],
    again: [again.token],
    other: [other.token],
    ended: [dead.access],
    locked: [locked.token],
    revoked: [revoked.token],
    garbage: ['x.y.z'],
    empty: [''],
    'ended, mine': [dead.access, mine.token],
    'garbage, mine': ['x.y.z', mine.token],
    'mine, other': [mine.token, other.token],
    'garbage, revoked': ['x.y.z', revoked.token],
    'revoked, ended': [revoked.token, dead.access],
    'revoked, locked': [revoked.token, locked.token],
    'ended, locked': [dead.access, locked.token],
  }
  const sessions = {
    none: [],
    mine: [sessionOf(mine)],
    other: [sessionOf(other)],
    ended: [dead.session],
    locked: [sessionOf(locked)],
    garbage: ['A'.repeat(43)],
    'ended, mine': [dead.session, sessionOf(mine)],
    'mine, other': [sessionOf(mine), sessionOf(other)],
  }
  const cookies = Object.entries(access).flatMap(([name, tokens]) =>
    Object.entries(sessions).map(([session, values]): [string, string] => [
      `access cookie ${name}, session cookie ${session}`,
      [
        ...tokens.map((value) => `keyhaven=${value}`),
        ...values.map((value) => `keyhaven-session=${value}`),
      ].join('; '),
    ]),
  )
  const authorizations: Readonly<Record<string, string>> = {
    'bearer mine': `Bearer ${mine.token}`,
    'bearer mine, in capitals and blanks': `BEARER  ${mine.token} `,
    'bearer ended': `Bearer ${dead.access}`,
    'bearer locked': `Bearer ${locked.token}`,
    'bearer revoked': `Bearer ${revoked.token}`,
    'bearer garbage': 'Bearer x.y.z',
    'bearer empty': 'Bearer',
    'bearer twice': `Bearer ${mine.token}, Bearer ${mine.token}`,
    'guard key': `Bearer ${key}`,
    'basic of a proxy': 'Basic cHJveHk6c2VjcmV0',
    'scheme that begins like it': `Bearers ${mine.token}`,
  }
  credentials = Object.fromEntries([
    ...cookies.map(([name, cookie]) => [name, cookie === '' ? {} : { cookie }]),
    ...Object.entries(authorizations).flatMap(([name, authorization]) => [
      [name, { authorization }],
      [`${name}, cookies mine`, { authorization, cookie: mine.cookie }],
    ]),
    ['a cookie of another application', { cookie: 'theme=dark' }],
  ])
  const origin = new URL(service.issuer).origin
  const xsrf = { 'x-xsrf-token': mine.view.xsrfToken }
  senders = {
    own: { origin, ...xsrf },
    'own, by Fetch Metadata': { origin, 'sec-fetch-site': 'same-origin', ...xsrf },
    'own, without the token': { origin },
    'own, with the token of another': { origin, 'x-xsrf-token': other.view.xsrfToken },
    'own, with a long token': { origin, 'x-xsrf-token': 'x'.repeat(300) },
    foreign: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', ...xsrf },
    'of no origin': { origin: 'null', ...xsrf },
    unnamed: xsrf,
    'the address bar': { 'sec-fetch-site': 'none', ...xsrf },
    sibling: { origin, 'sec-fetch-site': 'same-site', ...xsrf },
    'another port of this machine': {
      origin: 'http://localhost:5173',
      'sec-fetch-site': 'same-origin',
      ...xsrf,
    },
  }
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

function sessionOf({ cookies }: Person): string {
  return cookies.get('keyhaven-session') ?? ''
}

async function atTheService(call: string, headers: Headers): Promise<Answer | null> {
  const answer = await send(service.keyhaven, call, { headers: { origin: undefined, ...headers } })
  if (answer.ok || answer.status === 404) return null
  const challenge = answer.headers.get('www-authenticate')
  return { status: answer.status, challenge, body: (await answer.json()) as Answer['body'] }
}

/** A request of an adapter that has headers by their lower-case names, as `GuardRequest` promises them. */
function requestWith(headers: Headers, method = 'GET') {
  return { method, url: '/api', header: (name: string) => headers[name] }
}

async function atTheGuard(method: string, headers: Headers): Promise<Answer | null> {
  const settled = await service.keyhaven.guard.settle(requestWith(headers, method), false)
  if (settled.ok) return null
  const { status, headers: sent, body } = settled.refused
  return { status, challenge: sent['WWW-Authenticate'] ?? null, body }
}

/** Every credential from the first senders, and a few from all. */
function pairs(first: readonly string[]): readonly (readonly [string, string])[] {
  const few = [
    'access cookie mine, session cookie mine',
    'access cookie none, session cookie mine',
    'access cookie mine, session cookie none',
    'bearer mine',
  ]
  return [
    ...Object.keys(credentials).flatMap((by) => first.map((from) => [by, from] as const)),
    ...few.flatMap((by) => Object.keys(senders).map((from) => [by, from] as const)),
  ]
}

describe('the service and the guard in its process', () => {
  it.each([
    ['GET', ['own', 'foreign']],
    ['DELETE', ['own', 'own, without the token', 'own, with the token of another', 'foreign']],
  ] as const)(
    'answer alike to every credential of a %s, from every sender (AT-5, CK-5, CSRF-3)',
    async (method, first) => {
      const answers = new Set<string>()
      for (const [by, from] of pairs(first)) {
        const headers = { ...credentials[by], ...senders[from] }
        const here = await atTheService(calls[method], headers)
        expect(await atTheGuard(method, headers), `${by}, from ${from}`).toEqual(here)
        answers.add(here?.body.code ?? 'none')
      }
      const wanted = ['account_locked', 'none', 'not_signed_in', 'session_ended', 'token_expired']
      if (method === 'DELETE') wanted.push('csrf_failed')
      expect([...answers].toSorted()).toEqual([...wanted, 'token_invalid'].toSorted())
    },
  )

  it('count no request that a page sends by itself as activity of its user (R93)', async () => {
    const { cookies, session } = await newPerson(service)
    const cookie = `keyhaven-session=${cookies.get('keyhaven-session')}`
    const database = await databaseIn(service.data)
    const ofMine = `where id = '${session}'`
    await changeIn(
      database,
      `update credentials set last_used_at = last_used_at - 600000,
         idle_expires_at = idle_expires_at - 600000 ${ofMine}`,
    )
    const idleEnd = async (): Promise<number> => {
      const [row] = await rowsIn(database, `select idle_expires_at from credentials ${ofMine}`)
      return Number(row?.['idle_expires_at'])
    }
    const before = await idleEnd()
    const sent = { cookie, 'sec-fetch-site': 'same-origin' }
    const { guard } = service.keyhaven
    const background = requestWith({ ...sent, 'keyhaven-background': '1' })
    expect(await guard.settle(background)).toMatchObject({ ok: true })
    expect(await idleEnd()).toBe(before)
    expect(await guard.settle(requestWith(sent))).toMatchObject({ ok: true })
    expect(await idleEnd()).toBeGreaterThan(before)
  })
})
