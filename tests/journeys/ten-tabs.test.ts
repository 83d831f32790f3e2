import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import type { PlainPage } from './pages/plain.ts'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { createCutter, QUESTION } from '@keyhaven/stage/browser/cutter'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { until } from '@keyhaven/stage/processes/process'
import { signIn } from '@keyhaven/stage/http/person'

declare const page: PlainPage

const TABS = 10
const SECONDS = doses.tabSeconds
const ACCESS = (SECONDS * 2) / 9
/** Milliseconds between two calls of a tab: as many in a token's life at either dose. */
const EVERY = ACCESS * 50
describe(`ten tabs for ${SECONDS} s, with a token life of ${ACCESS} s and 50 answers lost while it is renewed`, () => {
  const cutter = createCutter(50)
  let site: PageSite
  let browser: Browser
  let context: BrowserContext
  const tabs: Page[] = []
  let began = 0

  beforeAll(async () => {
    site = await startPageSite({
      script: 'plain.ts',
      environment: { KEYHAVEN_ACCESS_TTL: `${ACCESS}s` },
      cut: cutter.cut,
    })
    browser = await launchChromium()
    context = await browser.newContext()
    const first = await context.newPage()
    tabs.push(first)
    await first.goto(site.origin)
    await first.waitForSelector('[data-status=signed-out]', { state: 'attached' })
    const email = 'mira@example.com'
    await first.evaluate(
      (mail) => page.auth.signUp({ email: mail, password: 'correct horse battery' }),
      email,
    )
    for (let n = 1; n < TABS; n++) {
      const tab = await context.newPage()
      await tab.goto(site.origin)
      await tab.waitForSelector('[data-status=signed-in]', { state: 'attached' })
      tabs.push(tab)
    }
    for (const tab of tabs) await tab.evaluate((every) => page.work(every), EVERY)
    began = Date.now()
    await sleep(SECONDS * 1000)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  it('loses the 50 answers', () => {
    expect(cutter.lost()).toBe(50)
    expect(site.seen.filter(({ cut, line }) => cut && line === QUESTION).length).toBeGreaterThan(2)
  })
  it('signs no tab out, not for a moment (P1, P17)', async () => {
    for (const tab of tabs) {
      const { states, events } = await tab.evaluate(() => ({ ...page, auth: undefined }))
      expect(states.slice(states.findIndex((one) => one.startsWith('signed-in')))).toEqual(
        states.filter((one) => one === 'signed-in mira@example.com'),
      )
      expect(events.filter(({ name }) => name === 'signed-out')).toEqual([])
    }
  })
  it('ends with every tab at work again, in one session', async () => {
    for (const tab of tabs) {
      await until('the API answers', () => tab.evaluate(() => page.answers.at(-1) === 200))
    }
    const sessions = await tabs[0]?.evaluate(async () => {
      const response = await page.auth.fetch('/auth/sessions')
      return ((await response.json()) as { items: unknown[] }).items.length
    })
    expect(sessions).toBe(1)
  })
  it('send a few requests in each window, never in a loop', () => {
    const questions = site.seen.filter(({ line, at }) => line === QUESTION && at > began)
    // A window is two thirds of a life apart from the next; two answers of each are lost
    const windows = Math.ceil(SECONDS / ((ACCESS * 2) / 3))
    expect(questions.length).toBeGreaterThan(4)
    expect(questions.length).toBeLessThanOrEqual(windows * 4)
  })
  it('makes at most five new tokens in a window', async () => {
    const issued = await tokenTimes(site)
    for (const from of issued) {
      const window = (ACCESS * 2000) / 3
      expect(issued.filter((at) => at >= from && at < from + window).length).toBeLessThanOrEqual(5)
    }
    expect(issued.length).toBeGreaterThan(3)
  })
  it('holds one stream of events for the whole browser', () => {
    const streams = site.seen.filter(({ line }) => line === 'GET /auth/sessions/current/events')
    expect(streams.length).toBeGreaterThan(0)
    expect(streams.length).toBeLessThanOrEqual(5)
  })
})

/** When each token of anybody was given out, as the service has recorded it. */
async function tokenTimes({ service }: PageSite): Promise<number[]> {
  const command = ['accounts', 'create', '--email', 'ada@example.com', '--role', 'admin']
  const password = 'calm-lighthouse-sees'
  expect(await service.command(command, password)).toMatchObject({ code: 0 })
  const ada = await signIn(service, 'ada@example.com', { password })
  const answer = await ada.ask('GET /tokens?limit=100')
  const { items } = (await answer.json()) as { items: { account: string; issuedAt: string }[] }
  return items.filter((one) => one.account !== ada.id).map(({ issuedAt }) => Date.parse(issuedAt))
}
