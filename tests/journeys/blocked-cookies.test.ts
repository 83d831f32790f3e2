import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlainPage } from './pages/plain.ts'
import { launchWithoutCookies } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { until } from '@keyhaven/stage/processes/process'

declare const page: PlainPage

let site: PageSite
let context: BrowserContext
let tab: Page
const said: string[] = []
const thrown: string[] = []

beforeAll(async () => {
  site = await startPageSite({ script: 'plain.ts', mode: 'development' })
  context = await launchWithoutCookies()
  tab = await context.newPage()
  tab.on('console', (message) => said.push(message.text()))
  tab.on('pageerror', (error) => thrown.push(error.message))
  await tab.goto(site.origin)
})
afterAll(async () => {
  await context?.close()
  await site?.close()
})

const shows = (status: string): Promise<unknown> =>
  tab.waitForSelector(`[data-status=${status}]`, { state: 'attached' })

describe('a browser that a person has set to block all cookies (P17)', () => {
  it('blocks them, and storage too', async () => {
    const facts = await tab.evaluate(() => {
      document.cookie = 'taken=1'
      try {
        return [document.cookie, localStorage.length]
      } catch (error) {
        return [document.cookie, (error as Error).name]
      }
    })
    expect(facts).toEqual(['', 'SecurityError'])
  })
  it('gets the sign-in form, and after a sign-in that could not stay the form again, with the cause', async () => {
    await shows('signed-out')
    const person = { email: 'mira@example.com', password: 'correct horse battery' }
    expect(await tab.evaluate((input) => page.auth.signUp(input), person)).toMatchObject({
      ok: true,
    })
    const status = await tab.evaluate(async () => (await page.auth.fetch('/api/notes')).status)
    expect(status).toBe(401)
    await shows('signed-out')
    expect(await tab.evaluate(() => page.auth.state.reason)).toBe('not_signed_in')
    await until('the console shows it', () => said.some((line) => line.startsWith('Keyhaven:')))
    const lines = said.filter((line) => line.startsWith('Keyhaven:'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('this browser blocks all cookies')
    expect(thrown).toEqual([])
  })
  it('sends no more requests: one at the start, and one after the refusal', async () => {
    await tab.evaluate(async () => {
      for (let n = 0; n < 20; n++) await page.auth.fetch('/api/notes')
    })
    const asked = site.seen.filter(({ line }) => line === 'GET /auth/user/current')
    expect(asked).toHaveLength(2)
  })
})
