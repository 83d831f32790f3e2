import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { expectTouchable, lookAt } from '@keyhaven/stage/browser/look'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

const password = 'correct horse battery'
let site: PageSite
let browser: Browser

beforeAll(async () => {
  site = await startPageSite({ script: 'elements.ts' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** Opens an element in a browser of its own, on a phone. */
async function open(search: string): Promise<Page> {
  const context = await browser.newContext({ hasTouch: true, isMobile: true })
  const page = await context.newPage()
  await page.goto(`${site.origin}/?${search}`)
  await page.locator('.kh-title').waitFor()
  return page
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()

describe('the elements, at a desktop, a phone and a small phone, dark and light', () => {
  it.concurrent('look right from sign-up to sign-out', async () => {
    const page = await open('element=sign-up')
    await lookAt(page, 'element-sign-up')
    await expectTouchable(page)
    await page
      .getByLabel('E-mail', { exact: true })
      .fill(`ada.${'long.'.repeat(8)}lovelace@example.com`)
    await page.getByLabel('Password', { exact: true }).fill('12345678')
    await press(page, 'Sign up')
    await page.getByText('among the most common ones').waitFor()
    await lookAt(page, 'element-sign-up-refused')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press(page, 'Sign up')
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
    await lookAt(page, 'element-signed-in')
    await expectTouchable(page)
    await press(page, 'Sign out')
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })
  it.concurrent('look right in German, right to left, with errors', async () => {
    const page = await open('element=sign-in&lang=de&dir=rtl')
    await lookAt(page, 'element-sign-in')
    await expectTouchable(page)
    await press(page, 'Anmelden')
    await page.getByText('Geben Sie Ihr Passwort ein.').waitFor()
    await lookAt(page, 'element-sign-in-missing')
    await page.getByRole('link', { name: 'Passwort vergessen?' }).click()
    await page.getByRole('heading', { name: 'Passwort vergessen?' }).waitFor()
    await lookAt(page, 'element-forgot')
    expect(await page.locator('[style]:not([style=""])').count(), 'inline styles').toBe(0)
    await page.context().close()
  })
})
