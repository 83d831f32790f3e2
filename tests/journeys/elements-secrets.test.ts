import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { password, person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'

let site: PageSite
let browser: Browser
let count = 0

beforeAll(async () => {
  site = await startPageSite({ script: 'elements.ts' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

const press = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('button', { name, exact: true }).click()

const heading = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('heading', { name, exact: true }).waitFor()

/** Signs up a person elsewhere. @returns their address. */
async function newAccount(): Promise<string> {
  const email = `secret-${(count += 1)}@example.com`
  await person(site.service, { email }).signUp({})
  return email
}

async function enter(tab: Page, email: string): Promise<void> {
  await tab.getByLabel('E-mail or user name').fill(email)
  await tab.getByLabel('Password', { exact: true }).fill(password)
  await press(tab, 'Sign in')
}

describe('secrets in a page with elements', () => {
  it('takes the token of a link that is opened in the same tab, also of one that was cut', async () => {
    const tab = await (await browser.newContext()).newPage()
    const url = `${site.origin}/?element=verify`
    await tab.goto(`${url}#token=cut%E2%8`)
    await press(tab, 'Confirm address')
    await tab.getByText('This link does not confirm an address').waitFor()
    // A link of the same page loads no page
    await tab.goto(`${url}#token=another`)
    await tab.getByText('This link does not confirm an address').waitFor({ state: 'detached' })
    await press(tab, 'Confirm address')
    await tab.getByText('This link does not confirm an address').waitFor()
    expect(tab.url()).toBe(url)
    await tab.context().close()
  })

  it('leaves no password in the page that a sign-in has left', async () => {
    const tab = await (await browser.newContext()).newPage()
    const email = await newAccount()
    await tab.goto(`${site.origin}/?element=sign-in&return=/there`)
    // After every listener for `pagehide`
    await tab.evaluate(() => {
      document.addEventListener('visibilitychange', () => {
        sessionStorage.setItem('left', String(document.querySelectorAll('main form').length))
      })
    })
    await enter(tab, email)
    await tab.waitForURL(`${site.origin}/there`)
    expect(await tab.evaluate(() => sessionStorage.getItem('left'))).toBe('0')
    await tab.context().close()
  })

  it('shows an API key to no other person, who has signed in while it was made', async () => {
    const context = await browser.newContext()
    const [tab, other] = [await context.newPage(), await context.newPage()]
    const [first, second] = [await newAccount(), await newAccount()]
    await tab.goto(`${site.origin}/?element=account&sections=keys`)
    await enter(tab, first)
    await press(tab, 'New API key')
    await tab.getByLabel('Name').fill('Backup script')
    await tab.getByLabel('notes:read').check()
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let key = ''
    await tab.route('**/auth/api-keys', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      const response = await route.fetch()
      key = ((await response.json()) as { key: string }).key
      await released
      await route.fulfill({ response })
    })
    await press(tab, 'Make key')
    await until('the key is made', () => key !== '')
    await other.goto(`${site.origin}/?element=sign-in`)
    await press(other, 'Sign out')
    await enter(other, second)
    await heading(other, 'You are signed in')
    await tab.getByText(second).waitFor()
    // The text of every dialog from then on
    await tab.evaluate(() => {
      const look = (): void => {
        const text = document.querySelector('dialog')?.textContent
        if (text) document.title = text
      }
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
    })
    release()
    await tab.getByLabel('Name').waitFor({ state: 'detached' })
    await tab.getByText('No API keys yet.').waitFor()
    expect(await tab.title()).toBe('page')
    expect(await tab.content()).not.toContain(key)
    await context.close()
  })
})
