import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoutedPage } from './pages/routed.tsx'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: RoutedPage

const password = 'correct horse battery'
let site: PageSite
let browser: Browser
let people = 0

beforeAll(async () => {
  site = await startPageSite({ script: 'routed.tsx' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

const newcomer = (): { readonly email: string; readonly password: string } => ({
  email: `person${++people}@example.com`,
  password,
})

describe('a page whose routes are guarded', () => {
  it.each([
    ['is locked', '/todos'],
    ['is followed by another person', '/todos'],
    ['is followed by another person', '/#/todos'],
  ])(
    'shows nothing more of a person who %s in another tab, at %s (operator 5)',
    async (how, at) => {
      const context = await browser.newContext()
      const [tab, other] = [await context.newPage(), await context.newPage()]
      const person = newcomer()
      await other.goto(site.origin)
      await other.evaluate((input) => page.auth.signUp(input), person)
      await tab.goto(site.origin + at)
      await tab.getByLabel('New todo').fill('my secret todo')
      await tab.keyboard.press('Enter')
      await tab.getByText('my secret todo').waitFor()
      await tab.getByLabel('New todo').fill('a draft')
      if (how === 'is locked')
        await site.service.command(['accounts', 'lock', person.email, '--reason', 'a test'])
      else await other.evaluate((input) => page.auth.signUp(input), newcomer())
      await tab.getByText('my secret todo').waitFor({ state: 'detached' })
      if (how === 'is locked') await tab.getByText('please sign in').waitFor()
      else expect(await tab.getByLabel('New todo').inputValue()).toBe('')
      await context.close()
    },
  )
})
