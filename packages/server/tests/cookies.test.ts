import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claim, defineClaims } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import type { Keyhaven, KeyhavenOptions } from '@keyhaven/server'
import { password, send } from '@keyhaven/stage/http/person'
import { cookieAfter, setCookies } from '@keyhaven/stage/http/set-cookies'

const folders: string[] = []
const open: Keyhaven[] = []
const https = { url: 'https://app.example/auth', emailVerification: 'off' }

async function start(options: Partial<KeyhavenOptions>): Promise<Keyhaven> {
  const data = mkdtempSync(join(tmpdir(), 'keyhaven-cookies-'))
  folders.push(data)
  const log = testLog()
  const keyhaven = await createKeyhaven({
    data,
    folder: data,
    database: await databaseIn(data),
    environment: { NODE_ENV: 'test' },
    log,
    ...options,
  })
  open.push(keyhaven)
  return keyhaven
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A browser of somebody who has just signed up, with the `Set-Cookie` lines of then. */
async function newcomer(keyhaven: Keyhaven) {
  const email = 'a@example.com'
  const response = await send(keyhaven, 'POST /accounts', { body: { email, password } })
  expect(response.status).toBe(201)
  const lines = setCookies(response).map(({ line }) => line)
  return { view: (await response.json()) as SessionView, lines, cookie: cookieAfter(response) }
}

describe('cookieName', () => {
  it('replaces keyhaven in every name', async () => {
    const { lines } = await newcomer(await start({ cookieName: 'acme' }))
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      'acme',
      'acme-session',
      'XSRF-TOKEN',
      'acme-device',
    ])
    const secure = await newcomer(await start({ ...https, cookieName: 'acme' }))
    expect(secure.lines[1]).toMatch(/^__Host-Http-acme-session=/)
  })
})

describe('the flow cookie', () => {
  it('is named like the others, and is Strict, HttpOnly and Secure whatever sameSite is (H37)', async () => {
    const flowOf = async (options: Partial<KeyhavenOptions>): Promise<string | undefined> => {
      const keyhaven = await start(options)
      const body = { email: 'a@example.com' }
      const lines = setCookies(await send(keyhaven, 'POST /password-resets', { body }))
      expect(lines.length).toBe(1)
      return lines[0]?.line.replace(/=[\w-]{43};/, '=…;')
    }
    expect(await flowOf({ ...https, sameSite: 'lax', cookieDomain: 'app.example' })).toBe(
      '__Host-Http-keyhaven-flow=…; Path=/; SameSite=Strict; Secure; HttpOnly; Max-Age=900',
    )
    expect(await flowOf({ cookieName: 'acme' })).toBe(
      'acme-flow=…; Path=/; SameSite=Strict; HttpOnly; Max-Age=900',
    )
  })
})

describe('the Cookie header', () => {
  const session = (cookie: string): string => /keyhaven-session=([\w-]+)/.exec(cookie)?.[1] ?? ''

  it('has no quotes, no versions, no escapes: nothing is smuggled in them (K05)', async () => {
    const keyhaven = await start({})
    const value = session((await newcomer(keyhaven)).cookie)
    const odd = [
      `keyhaven-session="${value}"`,
      `$Version=1; other="x; keyhaven-session=${value}y"`,
      `keyhaven-session=\\${value}`,
      `keyhaven-session="${value};x"`,
      `keyhaven-session=${value.slice(0, -1)}\\${value.charCodeAt(value.length - 1).toString(8)}`,
      `keyhaven-session =${value}x`,
    ]
    for (const cookie of odd) {
      const { status } = await send(keyhaven, 'GET /user/current', { headers: { cookie } })
      expect(status, cookie.replace(value, '…')).toBe(401)
    }
  })

  it('survives a sandwich: our cookie between an opening and a closing quote (K22)', async () => {
    const keyhaven = await start({})
    const { cookie } = await newcomer(keyhaven)
    const sandwich = `first="open; ${cookie}; last=close"`
    const response = await send(keyhaven, 'GET /user/current', { headers: { cookie: sandwich } })
    expect(response.status).toBe(200)
    expect(await response.text()).not.toContain(session(cookie))
    expect(setCookies(response)).toEqual([])
  })

  it('takes a live session beside a dead one of the same name, wherever it stands (P30, CK-5)', async () => {
    const keyhaven = await start({})
    const value = session((await newcomer(keyhaven)).cookie)
    const dead = `keyhaven-session=${'A'.repeat(43)}`
    for (const cookie of [
      `${dead}; keyhaven-session=${value}`,
      `keyhaven-session=${value}; ${dead}`,
    ]) {
      expect((await send(keyhaven, 'GET /user/current', { headers: { cookie } })).status).toBe(200)
    }
  })
})

describe('a cookie that an old answer brings late', () => {
  it('does not undo a new sign-in: the old session gives no cookie any more (S24)', async () => {
    const keyhaven = await start({})
    const first = await newcomer(keyhaven)
    const body = { login: 'a@example.com', password }
    const again = await send(keyhaven, 'POST /sessions', {
      headers: { cookie: first.cookie },
      body,
    })
    expect(again.status).toBe(201)
    // Begun with the old cookies, answered after the new ones came
    const late = await Promise.all(
      ['GET /user/current', 'POST /sessions/current/renew'].map((call) =>
        send(keyhaven, call, {
          headers: { cookie: first.cookie, 'x-xsrf-token': first.view.xsrfToken },
        }),
      ),
    )
    for (const response of late) {
      expect(response.status).toBe(401)
      // Nor does it take the new ones away
      expect(setCookies(response)).toEqual([])
    }
    const current = await send(keyhaven, 'GET /user/current', {
      headers: { cookie: cookieAfter(again) },
    })
    expect(current.status).toBe(200)
  })
})

describe('cookieDomain', () => {
  it('widens the access cookie alone', async () => {
    const keyhaven = await start({
      ...https,
      url: 'https://auth.app.example',
      cookieDomain: 'app.example',
    })
    const { lines, cookie } = await newcomer(keyhaven)
    expect(lines[0]).toMatch(/^__Secure-keyhaven=.*; Domain=app\.example/)
    expect(lines[1]).toMatch(/^__Host-Http-keyhaven-session=/)
    expect(lines.slice(1).join()).not.toContain('Domain')
    const current = await send(keyhaven, 'GET /user/current', { headers: { cookie } })
    expect(current.status).toBe(200)
    expect(setCookies(current)).toEqual([])
  })
  it.each([
    [{ ...https, cookieDomain: 'other.example' }, 'is not a parent domain of app.example'],
    [{ ...https, url: 'https://x.co.uk', cookieDomain: 'co.uk' }, 'is a public suffix'],
    [{ ...https, url: 'https://x.fly.dev', cookieDomain: 'fly.dev' }, 'is a public suffix'],
    [{ cookieDomain: 'app.example' }, 'is not a parent domain of localhost'],
  ])('refuses %j at start', async (options, sentence) => {
    await expect(start(options)).rejects.toThrow(sentence)
  })
})

describe('sameSite', () => {
  it('may be lax, and nothing weaker (CK-3)', async () => {
    const { lines } = await newcomer(await start({ sameSite: 'lax' }))
    for (const line of lines) expect(line).toContain('SameSite=Lax')
    await expect(start({ sameSite: 'none' })).rejects.toThrow('must be one of strict, lax')
  })
})

describe('claimsCookie (R88)', () => {
  const claims = defineClaims({ plan: claim.page(z.string()), seats: claim.server(z.number()) })
  it('goes along with the access cookie, readable, with the page’s claims alone', async () => {
    const claimsFor = () => ({ plan: 'pro', seats: 3 })
    const keyhaven = await start({
      claimsCookie: 'on',
      claims,
      claimsFor,
    } as Partial<KeyhavenOptions>)
    const { lines, view, cookie } = await newcomer(keyhaven)
    const companion = lines.find((line) => line.startsWith('keyhaven-claims=')) ?? ''
    expect(companion).toContain('Max-Age=600')
    expect(companion).not.toContain('HttpOnly')
    const value = companion.split(';')[0]?.split('=')[1] ?? ''
    expect(JSON.parse(Buffer.from(value, 'base64url').toString())).toEqual({ plan: 'pro' })
    const headers = { cookie, 'x-xsrf-token': view.xsrfToken }
    const left = await send(keyhaven, 'DELETE /sessions/current', { headers })
    expect(setCookies(left)).toContainEqual(
      expect.objectContaining({ name: 'keyhaven-claims', value: '', isRemoved: true }),
    )
  })
  it('keeps its former value at a renewal for which it would be too large, and refuses a sign-in before anything is written (source 7)', async () => {
    let plan = 'pro'
    const keyhaven = await start({
      claimsCookie: 'on',
      claims,
      claimsFor: () => ({ plan, seats: 3 }),
    } as Partial<KeyhavenOptions>)
    const { view, cookie } = await newcomer(keyhaven)
    plan = 'x'.repeat(900)
    const session = cookie.split('; ').filter((pair) => !pair.startsWith('keyhaven='))
    const headers = { cookie: session.join('; '), 'x-xsrf-token': view.xsrfToken }
    const renewed = await send(keyhaven, 'GET /user/current', { headers })
    expect(renewed.status).toBe(200)
    const value = setCookies(renewed).find(({ name }) => name === 'keyhaven-claims')?.value
    expect(JSON.parse(Buffer.from(value ?? '', 'base64url').toString())).toEqual({ plan: 'pro' })
    const body = { login: view.account.email, password }
    const again = await send(keyhaven, 'POST /sessions', { headers, body })
    expect(again.status).toBe(500)
    expect(((await again.json()) as { code: string }).code).toBe('token_too_large')
    // The session that this browser holds did not end for a sign-in that failed
    expect((await send(keyhaven, 'GET /user/current', { headers })).status).toBe(200)
  })
  it('is set, as an empty object, if no claims are declared', async () => {
    const { lines } = await newcomer(await start({ claimsCookie: 'on' }))
    expect(lines.find((line) => line.startsWith('keyhaven-claims=e30;'))).toBeDefined()
  })
})

describe('mode opaque (R8)', () => {
  it('sets no access cookie; service and guard go by the session cookie', async () => {
    const keyhaven = await start({ mode: 'opaque' })
    const { lines, view, cookie } = await newcomer(keyhaven)
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      'keyhaven-session',
      'XSRF-TOKEN',
      'keyhaven-device',
    ])
    const current = await send(keyhaven, 'GET /user/current', { headers: { cookie } })
    expect(((await current.json()) as SessionView).account.id).toBe(view.account.id)
    expect(setCookies(current)).toEqual([])
    const request = (method: string, headers: Record<string, string>) =>
      keyhaven.current(new Request('http://localhost:4000/api', { method, headers }))
    expect(await request('GET', { cookie })).toMatchObject({ account: { id: view.account.id } })
    const origin = 'http://localhost:4000'
    expect(await request('POST', { cookie, origin })).toBeNull()
    const xsrf = { 'x-xsrf-token': view.xsrfToken }
    expect(await request('POST', { cookie, origin, ...xsrf })).not.toBeNull()
    expect(await request('POST', { cookie, origin: 'https://evil.example', ...xsrf })).toBeNull()
    const left = await send(keyhaven, 'DELETE /sessions/current', {
      headers: { cookie, ...xsrf },
    })
    expect(left.status).toBe(204)
    expect(await request('GET', { cookie })).toBeNull()
  })
})

describe('rate limits', () => {
  it('slow down a client that guesses one account’s password; known and unknown alike (P03)', async () => {
    const keyhaven = await start({})
    await newcomer(keyhaven)
    for (const login of ['a@example.com', 'unknown@example.com']) {
      const guess = { login, password: 'wrong password' }
      const codes: number[] = []
      for (let at = 0; at < 32; at++)
        codes.push((await send(keyhaven, 'POST /sessions', { body: guess })).status)
      expect(codes.slice(0, 30).every((status) => status === 401)).toBe(true)
      expect(codes.slice(30)).toEqual([429, 429])
      const refused = await send(keyhaven, 'POST /sessions', { body: guess })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
    }
  })
  it('reset for a client that sends the right password', async () => {
    const keyhaven = await start({})
    await newcomer(keyhaven)
    const login = 'a@example.com'
    for (let round = 0; round < 4; round++) {
      for (let at = 0; at < 20; at++) {
        const body = { login, password: 'wrong password' }
        const wrong = await send(keyhaven, 'POST /sessions', { body })
        expect(wrong.status).toBe(401)
      }
      const right = await send(keyhaven, 'POST /sessions', { body: { login, password } })
      expect(right.status).toBe(201)
    }
  })
})
