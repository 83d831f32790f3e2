import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlainPage } from './pages/plain.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { root, until } from '@keyhaven/stage/processes/process'

declare const page: PlainPage
declare const plunder: () => string[]

const password = 'correct horse battery'
let site: PageSite
let browser: Browser
let people = 0

const startSite = (): Promise<PageSite> =>
  startPageSite({
    script: 'plain.ts',
    environment: { KEYHAVEN_ACCESS_TTL: '6s', KEYHAVEN_IDLE: '5m' },
  })

beforeAll(async () => {
  site = await startSite()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

async function opened(context: BrowserContext, status: string, at = site): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto(at.origin)
  await shows(tab, status)
  return tab
}

function shows(tab: Page, status: string): Promise<unknown> {
  return tab.waitForSelector(`[data-status=${status}]`, { state: 'attached' })
}

/** A browser of somebody who has just signed up. */
async function entered(prepare?: string | { path: string }, at = site) {
  const context = await browser.newContext()
  if (prepare) await context.addInitScript(prepare)
  const tab = await opened(context, 'signed-out', at)
  const email = `person${++people}@example.com`
  const result = await tab.evaluate((input) => page.auth.signUp(input), { email, password })
  expect(result).toMatchObject({ ok: true })
  return { context, tab, email }
}

/** Asks the API until past the token's end: whoever never renews is refused by then. */
async function worksPastTheToken(tab: Page): Promise<void> {
  const until = Date.now() + 8000
  while (Date.now() < until) {
    const status = await tab.evaluate(async () => (await page.auth.fetch('/api/notes')).status)
    expect(status).toBe(200)
    await tab.waitForTimeout(400)
  }
  expect(await tab.evaluate(() => page.states.filter((one) => one === 'signed-out'))).toHaveLength(
    1,
  )
}

// These wait until a token has ended: all wait together
describe.concurrent('a page on a machine whose clock is wrong (P24)', () => {
  it.each([
    ['3 h ahead', 3],
    ['3 h behind', -3],
  ])('stays signed in, and renews in time, with a clock %s', async (_how, hours) => {
    const { context, tab } = await entered(`{
      const [Real, off] = [Date, ${hours} * 3600000]
      Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + off) }
        static now() { return Real.now() + off }
      }
    }`)
    const off = await tab.evaluate(() => Date.now())
    expect(Math.round((off - Date.now()) / 3_600_000)).toBe(hours)
    await worksPastTheToken(tab)
    await context.close()
  })
})

describe.concurrent('tabs that the browser has frozen', () => {
  it('go on in the same session after longer than a token lives', async () => {
    const { context, tab } = await entered()
    const tabs = [tab, await opened(context, 'signed-in'), await opened(context, 'signed-in')]
    const control = await Promise.all(tabs.map((one) => context.newCDPSession(one)))
    const lifecycle = (state: 'frozen' | 'active'): Promise<unknown> =>
      Promise.all(control.map((one) => one.send('Page.setWebLifecycleState', { state })))
    await lifecycle('frozen')
    await new Promise((resolve) => setTimeout(resolve, 9000))
    await lifecycle('active')
    for (const one of tabs) {
      const status = await one.evaluate(async () => (await page.auth.fetch('/api/notes')).status)
      expect(status).toBe(200)
      const states = await one.evaluate(() => page.states)
      expect(states.at(-1)).toMatch(/^signed-in/)
    }
    const sessions = await tab.evaluate(async () => {
      const response = await page.auth.fetch('/auth/sessions')
      return ((await response.json()) as { items: unknown[] }).items.length
    })
    expect(sessions).toBe(1)
    await context.close()
  })
})

describe.concurrent('a browser that blocks storage', () => {
  it('signs in, renews and survives a reload without storage, channels or locks', async () => {
    const { context, tab } = await entered(`
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'BroadcastChannel']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError') } })
      }
      Object.defineProperty(navigator, 'locks', { get() { throw new DOMException('blocked', 'SecurityError') } })
    `)
    await worksPastTheToken(tab)
    await tab.reload()
    await shows(tab, 'signed-in')
    // A browser opens six connections to a server: a stream in each tab would leave none
    for (let tabs = 1; tabs < 8; tabs++) await opened(context, 'signed-in')
    await context.close()
  })
})

describe('a sign-out without network (browser F1, operator 4)', () => {
  it('shows no account at once, in every tab, and ends the session when the network is back', async () => {
    const { context, tab } = await entered()
    const other = await opened(context, 'signed-in')
    const cookies = await context.cookies()
    await context.setOffline(true)
    const result = await tab.evaluate(() => page.auth.signOut())
    expect(result).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    await shows(other, 'signed-out')
    for (const one of [tab, other]) {
      expect(await one.evaluate(() => page.auth.state)).toMatchObject({
        status: 'signed-out',
        leaving: true,
      })
    }
    // The person walks away; whoever comes next opens the page anew
    await tab.close()
    await other.close()
    await context.setOffline(false)
    const next = await context.newPage()
    await next.goto(site.origin)
    await next.waitForFunction(
      () => page.auth.state.reason === 'signed_out' && !page.auth.state.leaving,
    )
    expect(
      await next.evaluate(() => page.states.filter((one) => one.startsWith('signed-in'))),
    ).toEqual([])
    expect(await next.evaluate(() => localStorage.length)).toBe(0)
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const { status } = await fetch(`${site.origin}/auth/user/current`, { headers: { cookie } })
    expect(status).toBe(401)
    await context.close()
  })
})

describe('a page whose engine can’t be fetched', () => {
  it.each([
    ['and the browser remembers a sign-out', ''],
    [
      'and storage is blocked',
      "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })",
    ],
  ])('shows no account, and ends the session when it can: %s', async (_what, prepare) => {
    const { context } = await entered(prepare)
    const tab = await context.newPage()
    const answered = Promise.withResolvers<void>()
    await tab.route('**/engine-*.js', (route) => answered.promise.then(() => route.abort()))
    await tab.goto(site.origin)
    // Its boot call comes first, so that the page knows who is signed in
    await shows(tab, 'signed-in')
    answered.resolve()
    await shows(tab, 'offline')
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    await tab.evaluate(() => (page.states.length = 0))
    expect(await tab.evaluate(() => page.auth.signOut())).toMatchObject({ ok: false })
    await tab.unroute('**/engine-*.js')
    await tab.evaluate(() => page.auth.refresh())
    await tab.waitForFunction(() => !page.auth.state.leaving)
    const states = await tab.evaluate(() => page.states)
    expect(new Set(states)).toEqual(new Set(['signed-out']))
    const { status } = await fetch(`${site.origin}/auth/user/current`, { headers: { cookie } })
    expect(status).toBe(401)
    await context.close()
  })
})

/** What a request's cookies hold besides the XSRF token, which script may read. */
function hidden(cookie = ''): readonly string[] {
  const pairs = cookie.split('; ').map((pair) => pair.split('='))
  return pairs.flatMap(([name, value = '']) => (name === 'XSRF-TOKEN' ? [] : [value]))
}

describe.concurrent('a script that an attacker has planted on the page (R50, R51, R55, BFF-1)', () => {
  it('finds no credential in anything that passes it, and opens nothing with what it found', async () => {
    const recorder = join(root, 'tests/journeys/pages/xss-recorder.js')
    // A site of its own: every credential that passes it is this person's
    const own = await startSite()
    const { context, tab, email } = await entered({ path: recorder }, own)
    const before = own.seen.length
    const other = await opened(context, 'signed-in', own)
    await worksPastTheToken(tab)
    await tab.evaluate(async () => {
      await page.auth.refresh()
      for (const path of [
        '/auth/sessions',
        '/auth/user/current',
        '/auth/tokens',
        '/auth/openapi.json',
      ])
        await page.auth.fetch(path)
      await page.auth.fetch('/auth/sessions/current/renew', { method: 'POST' })
      await page.auth.fetch('/api/notes', { method: 'POST', body: '{' })
    })
    // The last ones, and all that the browser sent on the way
    const last = (await context.cookies()).filter(({ httpOnly }) => httpOnly)
    const sent = own.seen.slice(before).flatMap(({ headers }) => hidden(headers.cookie))
    const secrets = [...new Set([...last.map(({ value }) => value), ...sent])]
    // Token, session and device
    expect(last).toHaveLength(3)
    expect(secrets.filter((one) => one.includes('.')).length).toBeGreaterThan(2)
    const found = [
      ...(await tab.evaluate(() => plunder())),
      ...(await other.evaluate(() => plunder())),
    ]
    const text = found.join('\n')
    // It was there: it saw the person, the claims and the XSRF token
    expect(text).toContain(email)
    expect(text).toContain('xsrfToken')
    expect(text.length).toBeGreaterThan(5000)
    for (const secret of secrets) {
      for (const part of secret.split('.')) expect(text).not.toContain(part)
    }

    const loot = new Set(text.match(/[\w-]+(?:\.[\w-]+)*/g)?.filter((one) => one.length >= 20))
    expect(loot.size).toBeGreaterThan(5)
    let letIn = 0
    for (const one of loot) {
      const attempts: Record<string, string>[] = [
        { authorization: `Bearer ${one}` },
        { cookie: `keyhaven=${one}` },
        { cookie: `keyhaven-session=${one}` },
      ]
      for (const headers of attempts) {
        for (const url of ['/auth/user/current', '/api/notes']) {
          const { status } = await fetch(own.origin + url, { headers })
          if (status !== 401) letIn += 1
        }
      }
    }
    expect(letIn).toBe(0)
    process.stdout.write(`planted script: ${found.length} texts, ${loot.size} replayed, 0 let in\n`)
    await context.close()
    await own.close()
  })
})

describe('a page whose cookies a proxy drops', () => {
  it('says once in the console what keeps them, in development', async () => {
    const dropping = await startPageSite({
      script: 'plain.ts',
      mode: 'development',
      rewrite: ({ 'set-cookie': _dropped, ...headers }) => headers,
    })
    const tab = await browser.newPage()
    const said: string[] = []
    tab.on('console', (message) => {
      if (message.type() === 'error') said.push(message.text())
    })
    await tab.goto(dropping.origin)
    await shows(tab, 'signed-out')
    const input = { email: 'mira@example.com', password }
    await tab.evaluate((person) => page.auth.signUp(person), input)
    await tab.evaluate(() => page.auth.fetch('/api/notes'))
    await until('the console shows it', () => said.some((line) => line.startsWith('Keyhaven:')))
    const lines = said.filter((line) => line.startsWith('Keyhaven:'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('no Set-Cookie header of')
    await tab.close()
    await dropping.close()
  })
})
