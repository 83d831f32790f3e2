import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlainPage } from './pages/plain.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: PlainPage

let site: PageSite
let browser: Browser
let context: BrowserContext
/** The leading tab of a person who is signed in. Its token lives for ten minutes, so it sends no messages. */
let tab: Page

beforeAll(async () => {
  site = await startPageSite({ script: 'plain.ts' })
  browser = await launchChromium()
  context = await browser.newContext()
  tab = await context.newPage()
  await tab.goto(site.origin)
  const person = { email: 'mira@example.com', password: 'correct horse battery' }
  expect(await tab.evaluate((input) => page.auth.signUp(input), person)).toMatchObject({ ok: true })
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Writes what the browser remembers of sign-outs, or removes it. */
function remember(value: string | null): Promise<void> {
  const name = `keyhaven left ${site.origin}/auth`
  return tab.evaluate(
    ([key, text]) => {
      if (text === null) localStorage.removeItem(key)
      else localStorage.setItem(key, text)
    },
    [name, value] as const,
  )
}

describe('a page whose engine is fetched slowly', () => {
  it.each([
    ['the service has answered meanwhile', 'ses_0'],
    ['names no session', '  '],
  ])('requests the session despite a remembered sign-out that %s', async (_what, found) => {
    await remember(found)
    const late = await context.newPage()
    // A page that is looked at asks anyway
    await late.addInitScript(() => {
      for (const name of ['focus', 'pageshow', 'visibilitychange'])
        window.addEventListener(name, (event) => event.stopImmediatePropagation(), true)
    })
    await late.route('**/engine-*.js', async (route) => {
      if (found.trim() !== '') await remember(null)
      await route.continue()
    })
    await late.goto(site.origin)
    await late.waitForSelector('[data-status=signed-in]', { state: 'attached' })
    await late.close()
    await remember(null)
  })
})
