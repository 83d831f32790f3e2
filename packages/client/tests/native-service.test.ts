import { rmSync } from 'node:fs'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { newPerson, password } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Auth, PageEvent, Runtime } from '@keyhaven/client'
import { createBearerAuth, createNativeAuth, memoryStorage } from '@keyhaven/client/native'
import type { TokenStorage } from '@keyhaven/client/native'
import { aloneRuntime } from './alone-runtime.ts'

const APP = 'capacitor://localhost'
const PARTNER = 'https://partner.example'
const MINUTE = 60_000

const data = newFolder()
let service: Service
let database: string

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data, { nativeOrigins: [APP], bearerOrigins: [PARTNER] })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

interface App {
  readonly auth: Auth
  readonly storage: TokenStorage
  readonly sent: Request[]
  readonly report: (event: PageEvent) => void
  /** The milliseconds by which its clock is ahead. */
  ahead: number
  /** Answers of the token endpoint that are lost. */
  lost: number
}

function open(storage: TokenStorage = memoryStorage(), origin = APP): App {
  let report: (event: PageEvent) => void = () => {}
  const runtime: Partial<Runtime> = {
    ...aloneRuntime,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const headers = new Headers(request.headers)
      headers.set('origin', origin)
      app.sent.push(request.clone())
      const answer = await fetch(new Request(request, { headers }))
      if (app.lost === 0 || !request.url.endsWith('/oauth/token')) return answer
      app.lost--
      throw new TypeError('the connection was lost')
    },
    now: () => performance.now() + app.ahead,
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds)
      timer.unref()
      return () => clearTimeout(timer)
    },
    watch: (listener) => {
      report = listener
    },
  }
  const options = { url: service.address, runtime: runtime as Runtime }
  const auth =
    origin === APP ? createNativeAuth({ ...options, storage }) : createBearerAuth(options)
  const app: App = {
    auth: auth as Auth,
    storage,
    sent: [],
    report: (event) => report(event),
    ahead: 0,
    lost: 0,
  }
  auth.subscribe(() => {})
  return app
}

async function signedInOn(owner: Person, origin = APP): Promise<App> {
  const app = open(undefined, origin)
  const result = await app.auth.signIn({ login: owner.email, password, device: 'phone' })
  expect(result).toMatchObject({ ok: true })
  return app
}

const refreshes = ({ sent }: App): readonly Request[] =>
  sent.filter(({ url }) => url.endsWith('/oauth/token'))

describe('an app at the service', () => {
  it('is its user’s session: refreshed once for twenty calls, and open after a restart (R68, R84, P10)', async () => {
    const ann = await newPerson(service)
    const app = await signedInOn(ann)
    app.ahead = 9 * MINUTE
    app.lost = 1
    const lists = await Promise.all(Array.from({ length: 20 }, () => app.auth.sessions()))
    expect(lists.every(({ ok }) => ok)).toBe(true)
    const tries = refreshes(app)
    expect(new Set(await Promise.all(tries.map((one) => one.text()))).size).toBe(1)
    expect(tries).toHaveLength(2)
    const [first] = lists
    const mine = first?.ok ? first.items.find(({ device }) => device === 'phone') : undefined
    expect(mine).toMatchObject({ client: 'native', id: app.auth.state.session?.id })
    const next = open(app.storage)
    expect(await next.auth.refresh()).toMatchObject({
      status: 'signed-in',
      account: { id: ann.id },
    })
    for (const { credentials, headers } of [...app.sent, ...next.sent]) {
      expect([credentials, headers.get('cookie'), headers.get('x-xsrf-token')]).toEqual([
        'omit',
        null,
        null,
      ])
    }
    expect(JSON.stringify([app.auth, lists, next.auth.state])).not.toMatch(/khr_|eyJ/)
  })
  it('sees on resume that its session was ended from another device', async () => {
    const ann = await newPerson(service)
    const app = await signedInOn(ann)
    const reasons: string[] = []
    app.auth.on('signed-out', ({ reason }) => reasons.push(reason))
    await ann.ask(`DELETE /sessions/${app.auth.state.session?.id}`)
    app.ahead = MINUTE
    app.report('back')
    await app.auth.refresh()
    expect(app.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
    expect(reasons).toEqual(['session_ended'])
    const next = open(app.storage)
    expect((await next.auth.refresh()).status).toBe('signed-out')
    expect(next.sent).toHaveLength(0)
  })
  it('is signed out when its refresh token was used twice (S02)', async () => {
    const ann = await newPerson(service)
    const app = await signedInOn(ann)
    const copy = memoryStorage()
    for (const key of stored) await copy.set(key, (await app.storage.get(key)) ?? '')
    const { id } = app.auth.state.session ?? {}
    app.ahead = 9 * MINUTE
    await app.auth.refresh()
    await changeIn(
      database,
      `update refresh_families set rotated_at = rotated_at - 20000 where credential_id = '${id}'`,
    )
    const thief = open(copy)
    expect((await thief.auth.refresh()).status).toBe('signed-out')
    app.ahead += MINUTE
    await app.auth.refresh()
    expect(app.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
  })
  it('signs in with a second factor, steps up, and makes a key (H3, SES-6, R25)', async () => {
    const ann = await newPerson(service)
    const authenticator = await addApp(ann, database)
    const app = open()
    const begun = await app.auth.signIn({ login: ann.email, password })
    expect(begun).toMatchObject({ ok: false, error: { code: 'second_factor_required' } })
    expect(JSON.stringify(begun)).not.toContain('attempt"')
    expect(await app.auth.completeSignIn({ totp: await authenticator.next() })).toMatchObject({
      ok: true,
    })
    await makeStale(app)
    const wanted = { name: 'ci', scope: ['notes:read'] }
    expect(await app.auth.apiKeys.create(wanted)).toMatchObject({
      error: { code: 'step_up_required' },
    })
    expect(await app.auth.stepUp({ totp: await authenticator.next() })).toEqual({ ok: true })
    const made = await app.auth.apiKeys.create(wanted)
    expect(made).toMatchObject({ ok: true, apiKey: { name: 'ci', scope: ['notes:read'] } })
    const id = made.ok ? made.apiKey.id : ''
    expect(await app.auth.apiKeys.list()).toMatchObject({ items: [{ id }], next: null })
    expect(await app.auth.apiKeys.remove({ id })).toEqual({ ok: true })
    expect(refreshes(app).length).toBeGreaterThan(0)
  })
  it('signs out, also after it was closed meanwhile', async () => {
    const ann = await newPerson(service)
    const app = await signedInOn(ann)
    expect(await app.auth.signOut()).toEqual({ ok: true })
    await until('the session has ended', async () => (await phonesOf(ann)) === 0)
    for (const key of stored) expect(await app.storage.get(key)).toBeNull()
  })
})

describe('a page of another site at the service', () => {
  it('has its tokens in memory, and no session after a reload (R64, R80)', async () => {
    const ann = await newPerson(service)
    const page = await signedInOn(ann, PARTNER)
    expect(page.auth.state).toMatchObject({ status: 'signed-in', account: { id: ann.id } })
    expect((await page.auth.sessions()).ok).toBe(true)
    expect((await open(undefined, PARTNER).auth.refresh()).status).toBe('signed-out')
    const other = open(undefined, 'https://other.example')
    expect(await other.auth.signIn({ login: ann.email, password })).toMatchObject({
      error: { code: 'credential_not_allowed' },
    })
  })
})

/** The keys of what an app stores. */
const stored: string[] = []
beforeAll(() => {
  const name = new URL(service.address).host.replace(':', '_')
  for (const kind of ['session', 'profile']) stored.push(`keyhaven.${kind}.${name}_auth`)
})

/** Makes the last proof of the app's user an hour older, in the session and in its next token. */
async function makeStale(app: App): Promise<void> {
  const { id } = app.auth.state.session ?? {}
  await changeIn(
    database,
    `update sessions set auth_time = auth_time - 3600000 where credential_id = '${id}'`,
  )
  app.ahead += 9 * MINUTE
}

async function phonesOf(owner: Person): Promise<number> {
  const { items } = (await (await owner.ask('GET /sessions')).json()) as {
    items: readonly { readonly client: string }[]
  }
  return items.filter(({ client }) => client === 'native').length
}
