import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { codesOf } from '@keyhaven/stage/http/authenticator-app'
import { demoAccounts, makeAccounts, signInAs } from '@keyhaven/stage/processes/demo-accounts'
import type { DemoAccount } from '@keyhaven/stage/processes/demo-accounts'
import { lookAt } from '@keyhaven/stage/browser/look'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'

let app: NotesApp
let browser: Browser
let database: string

beforeAll(async () => {
  app = await startNotesApp()
  browser = await launchChromium()
  database = await databaseIn(app.service.data)
  await makeAccounts(app, ['reader', 'editor', 'long'])
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function visit(
  who: DemoAccount,
  view = '',
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(`${app.page}#/${view}`)
  await signInAs(page, who)
  return { context, page }
}

const press = (at: Page | Locator, name: string): Promise<void> =>
  at.getByRole('button', { name, exact: true }).click()

const section = (page: Page): Locator =>
  page.locator('.setting').filter({ has: page.getByRole('heading', { name: 'Second factors' }) })

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor()

/** Lets a code that was used count once more, so that no test waits for the next one. */
const forgetSteps = (): Promise<void> =>
  changeIn(database, `update factors set counter = 0 where kind = 'totp'`)

/** Makes every proof of identity so old that none is fresh. */
const ageProofs = (): Promise<void> =>
  changeIn(database, 'update sessions set auth_time = auth_time - 660000')

/** Types login and password, after which a second factor is due. */
async function begin(page: Page, who: DemoAccount): Promise<void> {
  const [login, , password] = demoAccounts[who]
  await page.getByLabel('E-mail or user name').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await press(page, 'Sign in')
}

describe('an authenticator app', () => {
  it('is set up with its recovery codes, and completes each later sign-in (V6)', async () => {
    const { context, page } = await visit('long', 'account')
    await section(page).getByText('You have no second factor yet').waitFor()
    await lookAt(page, 'factors-none')
    await press(page, 'Add authenticator app')
    await page.getByAltText('QR code of the secret below').waitFor()
    const secret = (await page.locator('.secret code').textContent()) ?? ''
    const codes = codesOf(secret.replaceAll(' ', ''))
    await page.getByLabel('Code', { exact: true }).fill('000 000')
    await press(page, 'Add app')
    await page.getByText('The code is not right').waitFor()
    await lookAt(page, 'factors-app')
    await page.getByLabel('Code', { exact: true }).fill(codes())
    await press(page, 'Add app')
    const dialog = page.getByRole('dialog', { name: 'Save your recovery codes' })
    await dialog.waitFor()
    const [recoveryCode = ''] = await dialog.locator('li').allTextContents()
    expect(await dialog.locator('li').count()).toBe(10)
    await page.keyboard.press('Escape')
    await lookAt(page, 'factors-recovery-codes')
    await press(dialog, 'I have saved them')
    await page.getByText('10 of them are left').waitFor()
    await lookAt(page, 'factors-app-added')
    await press(page, 'New codes')
    await lookAt(page, 'factors-codes-asked')
    await press(page, 'Cancel')

    await press(page, 'Sign out')
    await begin(page, 'long')
    await heading(page, 'Enter your code')
    await lookAt(page, 'second-factor-app')
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await press(page, 'Sign in')
    await page.getByText('This is not right').waitFor()
    await lookAt(page, 'second-factor-refused')
    await press(page, 'Use a recovery code')
    await heading(page, 'Enter a recovery code')
    await lookAt(page, 'second-factor-recovery')
    await page.getByLabel('Recovery code').fill(recoveryCode)
    await press(page, 'Sign in')
    await page.getByText('9 of them are left').waitFor()

    await ageProofs()
    await press(section(page), 'Remove')
    await lookAt(page, 'factors-remove')
    await press(page, 'Remove app')
    await forgetSteps()
    await heading(page, 'Enter your code')
    await lookAt(page, 'step-up-app')
    await page.getByRole('dialog').getByLabel('Code', { exact: true }).fill(codes())
    await press(page, 'Go on')
    await context.close()
  })
})
