import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BoundPage } from './pages/bindings/page.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: BoundPage

const password = 'correct horse battery'

/** Waits until the page shows the words. */
const shows = (tab: Page, words: string): Promise<unknown> =>
  tab.waitForFunction((wanted) => document.body.innerText.includes(wanted), words, {
    timeout: 8000,
  })

describe.each(['react.tsx', 'vue.ts', 'svelte.ts', 'angular.ts'])('the binding of %s', (script) => {
  let site: PageSite
  let browser: Browser
  const errors: string[] = []
  beforeAll(async () => {
    site = await startPageSite({ script: `bindings/${script}` })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('shows the three faces, follows other tabs, and loses private data when its person goes (R29, R30, P14)', async () => {
    const context = await browser.newContext()
    const [tab, other] = [await context.newPage(), await context.newPage()]
    for (const one of [tab, other]) {
      one.on('pageerror', (error) => errors.push(error.message))
      await one.goto(site.origin)
      await shows(one, 'status signed-out')
      await shows(one, 'please sign in')
      await shows(one, 'reads nothing')
    }
    // One boot call a page
    const boots = site.seen.filter(({ line }) => line === 'GET /auth/user/current')
    expect(boots.length).toBeLessThanOrEqual(2)
    await tab.evaluate(() => page.go('/private'))
    await shows(tab, 'please sign in')
    const email = 'mira@example.com'
    await tab.evaluate((input) => page.auth.signUp(input), { email, password })
    await tab.evaluate(() => page.go('/'))
    for (const one of [tab, other]) await shows(one, `signed in as ${email}`)
    await shows(tab, 'may read')
    await tab.evaluate(() => page.go('/private'))
    await shows(tab, `secret of ${email}`)
    await other.evaluate(() => page.auth.signOut())
    await shows(tab, 'please sign in')
    expect(await tab.evaluate(() => document.body.innerText)).not.toContain('secret')
    expect(errors).toEqual([])
    await context.close()
  })
})
