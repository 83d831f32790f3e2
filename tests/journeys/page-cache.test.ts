import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PlainPage } from './pages/plain.ts'
import { launchWithPageCache } from '@keyhaven/stage/browser/chromium'
import { endSession } from '@keyhaven/stage/browser/end-session'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { until } from '@keyhaven/stage/processes/process'

declare const page: PlainPage & { readonly returned?: true }

const password = 'correct horse battery'
let site: PageSite
let browser: Browser
let context: BrowserContext
let tab: Page
let people = 0

beforeAll(async () => {
  site = await startPageSite({ script: 'plain.ts' })
  browser = await launchWithPageCache()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})
beforeEach(leave)
afterEach(() => context.close())

/** A person signs up in a browser of their own, and leaves the page. */
async function leave(): Promise<void> {
  context = await browser.newContext()
  tab = await opened('signed-out')
  const email = `person${++people}@example.com`
  await tab.evaluate((input) => page.auth.signUp(input), { email, password })
  await shows(tab, 'signed-in')
  await tab.evaluate(() => {
    page.states.length = 0
    // Only a page that comes back as it was left still listens
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) Object.assign(page, { returned: true })
    })
  })
  await tab.goto(`${site.origin}/api/health`)
}

async function opened(status: string): Promise<Page> {
  const another = await context.newPage()
  await another.goto(site.origin)
  await shows(another, status)
  return another
}

function shows(where: Page, status: string): Promise<unknown> {
  return where.waitForSelector(`[data-status=${status}]`, { state: 'attached' })
}

/** A page out of the cache is not loaded: Playwright's own `goBack` would wait for that for ever. */
async function goBack(): Promise<void> {
  await tab.evaluate(() => setTimeout(() => history.back()))
  await until('the page is back', () =>
    tab.evaluate(() => 'page' in globalThis && page.states.length > 1).catch(() => false),
  )
}

const known = (): Promise<unknown[]> =>
  tab.evaluate(() => [page.returned, page.states, document.body.dataset['email']])

/** What the page out of the cache knows. A busy browser may have thrown it away: then another person leaves. */
async function knownOnReturn(meanwhile = async (): Promise<void> => {}): Promise<unknown[]> {
  for (let left = 3; ; left--) {
    await meanwhile()
    await goBack()
    const [returned, ...others] = await known()
    if (returned || left === 0) return [returned, ...others]
    await context.close()
    await leave()
  }
}

describe('the back button, with the browser’s cache of whole pages (R31, P28)', () => {
  it('shows no account on a page out of the cache whose session has ended meanwhile', async () => {
    const meanwhile = (): Promise<void> => endSession(context, site.origin)
    expect(await knownOnReturn(meanwhile)).toEqual([true, ['loading', 'signed-out'], ''])
  })

  it('shows the user who is still signed in again, and receives what other tabs do from then on', async () => {
    const seen = await knownOnReturn()
    const email = `person${people}@example.com`
    expect(seen).toEqual([true, ['loading', `signed-in ${email}`], email])
    const other = await opened('signed-in')
    await other.evaluate(() => page.auth.signOut())
    await tab.waitForSelector('[data-status=signed-out]', { state: 'attached' })
  })

  it('lets the browser throw the page away when another tab signs out: it is loaded anew', async () => {
    const other = await opened('signed-in')
    expect(await other.evaluate(() => page.auth.signOut())).toMatchObject({ ok: true })
    await goBack()
    expect(await known()).toEqual([undefined, ['loading', 'signed-out'], ''])
  })
})
