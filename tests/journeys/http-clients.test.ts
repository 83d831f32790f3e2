import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpClientsPage } from './pages/http-clients.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: HttpClientsPage

let site: PageSite
let browser: Browser
let tab: Page

beforeAll(async () => {
  site = await startPageSite({ script: 'http-clients.ts' })
  browser = await launchChromium()
  tab = await browser.newPage()
  await tab.goto(site.origin)
  await tab.waitForSelector('[data-status=signed-out]', { state: 'attached' })
  const result = await tab.evaluate(() =>
    page.auth.signUp({ email: 'mira@example.com', password: 'correct horse battery' }),
  )
  expect(result.ok).toBe(true)
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

describe('other HTTP libraries, by their own defaults (R58)', () => {
  it.each(['axios', 'angular'] as const)(
    '%s sends the XSRF header to our own origin, by path and by whole address',
    async (library) => {
      for (const url of ['/api/notes', `${site.origin}/api/notes`]) {
        const status = await tab.evaluate(([name, address]) => page[name](address), [
          library,
          url,
        ] as const)
        expect([library, url, status]).toEqual([library, url, 201])
      }
      const [last] = site.seen.filter(({ line }) => line === 'POST /api/notes').slice(-1)
      expect(last?.headers['x-xsrf-token']).toBeTruthy()
    },
  )
  it('is refused without that header, so the libraries’ success means something', async () => {
    const status = await tab.evaluate(async () => {
      const response = await fetch('/api/notes', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"text":"x"}',
      })
      return response.status
    })
    expect(status).toBe(403)
  })
})
