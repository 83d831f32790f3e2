import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BoundPage } from './pages/bindings/page.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { password } from '@keyhaven/stage/http/person'

declare const page: BoundPage

let site: PageSite
let browser: Browser
/** Requests for this path wait until the test lets them go. */
const gate = Promise.withResolvers<void>()

beforeAll(async () => {
  const hold = ({ url }: { url?: string | undefined }): Promise<void> | undefined =>
    url === '/api/notes/held' ? gate.promise : undefined
  site = await startPageSite({ script: 'bindings/any.ts', hold })
  browser = await launchChromium()
})
afterAll(async () => {
  gate.resolve()
  await browser?.close()
  await site?.close()
})

/** Waits until the page shows the words. */
const shows = (tab: Page, words: string): Promise<unknown> =>
  tab.waitForFunction((wanted) => document.body.innerText.includes(wanted), words, {
    timeout: 8000,
  })

/** Waits until the page does not show them. */
const hides = (tab: Page, words: string): Promise<unknown> =>
  tab.waitForFunction((wanted) => !document.body.innerText.includes(wanted), words)

const join = async (tab: Page, email: string): Promise<void> => {
  const { ok } = await tab.evaluate((input) => page.auth.signUp(input), { email, password })
  expect(ok).toBe(true)
}
const go = (tab: Page, to: string): Promise<void> => tab.evaluate((at) => page.go(at), to)

describe.each(['react', 'vue', 'svelte', 'angular'])('the binding of %s', (name) => {
  const errors: string[] = []
  const email = `${name}@example.com`
  let context: BrowserContext
  let tab: Page
  let other: Page

  beforeAll(async () => {
    context = await browser.newContext()
    await context.addCookies([{ name: 'binding', value: name, url: site.origin }])
    const tabs = [await context.newPage(), await context.newPage()] as const
    ;[tab, other] = tabs
    for (const one of tabs) one.on('pageerror', (error) => errors.push(error.message))
  })
  afterAll(() => context?.close())

  it('shows the three faces by one boot call, and follows other tabs (R29, R30, P14)', async () => {
    const before = site.seen.length
    const boots = (): number =>
      site.seen.slice(before).filter(({ line }) => line === 'GET /auth/user/current').length
    for (const [at, one] of [tab, other].entries()) {
      await one.goto(site.origin)
      await shows(one, 'status signed-out')
      await shows(one, 'please sign in')
      await shows(one, 'reads nothing')
      expect(boots()).toBe(at + 1)
    }
    await join(tab, email)
    for (const one of [tab, other]) await shows(one, `signed in as ${email}`)
    await shows(other, 'may read')
    expect(errors).toEqual([])
  })

  it('sends the XSRF header, renews and repeats, and gives a call up (R58)', async () => {
    const send = (method: 'GET' | 'POST'): Promise<number> =>
      tab.evaluate((one) => page.send(one), method)
    expect(await send('POST')).toBe(201)
    const sent = site.seen.findLast(({ line }) => line === 'POST /api/notes')
    expect(sent?.headers['x-xsrf-token']).toBeTruthy()
    // The API refuses a request without this cookie, and the session's cookie renews it
    const [token] = (await context.cookies()).filter(({ value }) => value.split('.').length === 3)
    await context.clearCookies({ name: token?.name ?? '' })
    const before = site.seen.length
    expect(await send('GET')).toBe(200)
    const reads = site.seen.slice(before).filter(({ line }) => line === 'GET /api/notes')
    expect(reads).toHaveLength(2)
    const failed = tab.waitForEvent('requestfailed')
    const sending = tab.waitForRequest(/held/)
    const call = await tab.evaluateHandle(() => page.begin('/api/notes/held'))
    await sending
    await call.evaluate((giveUp) => giveUp())
    expect((await failed).failure()?.errorText).toBe('net::ERR_ABORTED')
    expect(errors).toEqual([])
  })

  it('follows a scope that is taken away, and leaves the route that needs it (R29)', async () => {
    await go(other, '/writing')
    await shows(other, 'write here')
    await site.service.command(['accounts', 'roles', 'remove', email, 'editor'])
    await tab.evaluate(() => page.auth.refresh())
    await shows(tab, 'reads nothing')
    await hides(other, 'write here')
    expect(errors).toEqual([])
  })

  it('loses private data when its person goes, also to another person (P14, P28)', async () => {
    await go(tab, '/private')
    await shows(tab, `secret of ${email}, kept of ${email}`)
    const next = `next-${email}`
    await join(other, next)
    await hides(tab, `kept of ${email}`)
    await shows(tab, `secret of ${next}, kept of ${next}`)
    await other.evaluate(() => page.auth.signOut())
    await hides(tab, 'secret')
    await shows(tab, 'Sign in')
    // A public view stays, though a guard has let a private one load before
    await shows(other, 'status signed-out')
    await join(tab, `third-${email}`)
    await go(tab, '/private')
    await shows(tab, `secret of third-${email}`)
    await go(tab, '/')
    await shows(tab, `signed in as third-${email}`)
    await other.evaluate(() => page.auth.signOut())
    await shows(tab, 'status signed-out')
    expect(errors).toEqual([])
  })

  it('leads from a deep link to the sign-in and back (R71b)', async () => {
    await tab.goto(`${site.origin}/private?x=1#there`)
    await tab.getByLabel('E-mail or user name').fill(email)
    await tab.getByLabel('Password', { exact: true }).fill(password)
    await tab.keyboard.press('Enter')
    await shows(tab, `secret of ${email}`)
    expect(tab.url()).toBe(`${site.origin}/private?x=1#there`)
    expect(errors).toEqual([])
  })
})
