import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlainPage } from './pages/plain.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: PlainPage

const ACCESS = 9
let site: PageSite
let browser: Browser
let context: BrowserContext
const tabs: Page[] = []

beforeAll(async () => {
  site = await startPageSite({
    script: 'plain.ts',
    environment: { KEYHAVEN_ACCESS_TTL: `${ACCESS}s`, KEYHAVEN_IDLE: '5m' },
  })
  browser = await launchChromium()
  context = await browser.newContext()
  const first = await context.newPage()
  await first.goto(site.origin)
  await first.waitForSelector('[data-status=signed-out]', { state: 'attached' })
  const person = { email: 'mira@example.com', password: 'correct horse battery' }
  await first.evaluate((input) => page.auth.signUp(input), person)
  await first.close()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Calls to the service while this goes on, streams left out. */
async function callsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = site.seen.length
  await work()
  return site.seen
    .slice(before)
    .map(({ line }) => line)
    .filter(isCall)
}

function isCall(line: string): boolean {
  return line.includes(' /auth/') && !line.endsWith('/events')
}

/** Opens a tab. @returns its calls; those that were open before may renew meanwhile. */
async function open(): Promise<readonly string[]> {
  const tab = await context.newPage()
  const lines: string[] = []
  tab.on('request', (request) => {
    lines.push(`${request.method()} ${new URL(request.url()).pathname}`)
  })
  const began = performance.now()
  await tab.goto(site.origin)
  await tab.waitForSelector('[data-status=signed-in]', { state: 'attached' })
  const milliseconds = Math.round(performance.now() - began)
  process.stdout.write(`tab ${tabs.length + 1}: the right view after ${milliseconds} ms\n`)
  tabs.push(tab)
  return lines.filter(isCall)
}

/** While every open tab calls the API again and again, for as long as a token lives. */
async function work(): Promise<void> {
  for (const tab of tabs) await tab.evaluate(() => page.work(300))
  await tabs[0]?.waitForTimeout(ACCESS * 1000)
  for (const tab of tabs) {
    const answers = await tab.evaluate(() => page.answers)
    expect(answers.filter((one) => one !== 200)).toEqual([])
    expect(answers.length).toBeGreaterThan(10)
  }
}

describe('calls to the service', () => {
  it.each([1, 10])(
    'are one at the start, and one for each renewal, with %i tabs',
    async (count) => {
      while (tabs.length < count) {
        expect(await open()).toEqual(['GET /auth/user/current'])
      }
      // A token is renewed when a third of its life is left: once or twice in a life
      const renewals = await callsDuring(work)
      process.stdout.write(`${count} tabs at work for a token's life: ${renewals.length} calls\n`)
      expect(renewals.length).toBeGreaterThanOrEqual(1)
      expect(renewals.length).toBeLessThanOrEqual(2)
    },
  )
})
