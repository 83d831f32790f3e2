import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import type { PlainPage } from './pages/plain.ts'
import { launchFirefox } from '@keyhaven/stage/browser/firefox'
import type { Firefox } from '@keyhaven/stage/browser/firefox'
import { createCutter, QUESTION } from '@keyhaven/stage/browser/cutter'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import type { AuthenticatorApp } from '@keyhaven/stage/http/authenticator-app'
import { password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'

declare const page: PlainPage

const TABS = 10
const TOKEN = doses.firefoxToken
const LOSSES = doses.firefoxLosses
const email = 'mira@example.com'
const prefix = '__Host-Http-keyhaven'

describe(`Firefox over https: ten tabs, a token life of ${TOKEN} s and ${LOSSES} answers lost`, () => {
  const cutter = createCutter(LOSSES)
  const tabs: Page[] = []
  let site: PageSite
  let firefox: Firefox
  let phone: AuthenticatorApp
  /** Another device of the same person. */
  let other: Person

  beforeAll(async () => {
    const environment = { KEYHAVEN_ACCESS_TTL: `${TOKEN}s` }
    const { cut } = cutter
    await Promise.all([
      startPageSite({ script: 'plain-form.ts', isSecure: true, environment, cut }).then((made) => {
        site = made
      }),
      launchFirefox().then((made) => {
        firefox = made
      }),
    ])
    other = await person(site.service, { email }).signUp()
    phone = await addApp(other, await databaseIn(site.service.data))
    for (let n = 0; n < TABS; n++) tabs.push(await firefox.browser.newPage())
    await Promise.all(tabs.map((tab) => tab.goto(site.origin)))
  })
  afterAll(async () => {
    await firefox?.close()
    await site?.close()
  })

  const everyTab = (status: string): Promise<unknown> =>
    Promise.all(tabs.map((tab) => tab.waitForSelector(`[data-status=${status}]`)))
  const first = (): Page => {
    const [tab] = tabs
    if (tab === undefined) throw new Error('Firefox has no tab.')
    return tab
  }

  it('signs all of them in by a password and a code in one (V6)', async () => {
    await everyTab('signed-out')
    const tab = first()
    await tab.bringToFront()
    await tab.locator('[name=login]').fill(email)
    await tab.locator('[name=password]').fill(password)
    await tab.locator('form button:not([type=button])').click()
    await tab.locator('::-p-text(Enter your code)').wait()
    await tab.locator('[name=code]').fill('000000')
    await tab.locator('form button').click()
    await tab.locator('::-p-text(This code is not right)').wait()
    expect(await tab.evaluate(() => page.auth.state.status)).toBe('signed-out')
    await tab.locator('[name=code]').fill(await phone.next())
    await tab.locator('form button').click()
    await everyTab('signed-in')
  })
  it('lets no script read or overwrite the cookies (K10, K11)', async () => {
    const cookies = await firefox.browser.cookies()
    const ours = cookies.filter(({ name }) => name.startsWith(prefix))
    const names = ours.map(({ name }) => name).toSorted()
    expect(names).toEqual(['', '-device', '-flow', '-session'].map((end) => prefix + end))
    for (const cookie of ours) {
      expect(cookie).toMatchObject({ httpOnly: true, secure: true, path: '/', domain: 'localhost' })
    }
    const readable = await first().evaluate((taken) => {
      for (const name of [...taken, '__Host-Http-other', '__Http-other', '__Host-keyhaven']) {
        document.cookie = `${name}=overwritten; Path=/; Secure`
        document.cookie = `${name}=overwritten; Path=/`
      }
      return document.cookie
    }, names)
    // The prefix without Http is open to scripts over https; the service never reads that name
    expect(
      readable
        .replace(/=[^;]+/g, '')
        .split('; ')
        .toSorted(),
    ).toEqual(['XSRF-TOKEN', '__Host-keyhaven'])
  })
  it('signs no tab out while answers of renewals are lost (P1, P17)', async () => {
    const began = Date.now()
    for (const tab of tabs) await tab.evaluate((every) => page.work(every), TOKEN * 100)
    await until('the answers are lost', () => cutter.lost() === LOSSES, TOKEN * LOSSES)
    for (const tab of tabs) {
      await until('the API answers', () => tab.evaluate(() => page.answers.at(-1) === 200))
      const states = await tab.evaluate(() => page.states)
      const entered = states.slice(states.findIndex((one) => one.startsWith('signed-in')))
      expect(new Set(entered)).toEqual(new Set([`signed-in ${email}`]))
      expect(await tab.evaluate(() => page.events)).toEqual([])
    }
    const since = site.seen.filter(({ at }) => at > began)
    const questions = since.filter(({ line }) => line === QUESTION)
    expect(questions.filter(({ cut }) => cut).length).toBeGreaterThan(0)
    // A window is two thirds of a life apart from the next; two answers of each are lost
    const windows = Math.ceil((Date.now() - began) / ((TOKEN * 2000) / 3)) + 1
    expect(questions.length).toBeLessThanOrEqual(windows * 4)
    const streams = site.seen.filter(({ line }) => line === 'GET /auth/sessions/current/events')
    expect(streams.length).toBeLessThanOrEqual(5)
    const sessions = await other.ask('GET /sessions')
    expect(((await sessions.json()) as { items: unknown[] }).items).toHaveLength(2)
  })
  it('shows in every tab that another device has ended all sessions', async () => {
    const ended = await other.ask('DELETE /sessions?include=current')
    expect(ended.status).toBe(204)
    await everyTab('signed-out')
    for (const tab of tabs) {
      const names = await tab.evaluate(() => page.events.map(({ name }) => name))
      expect(names).toEqual(['signed-out'])
    }
    await first().locator('[name=login]').wait()
  })
})
