import { problemOf } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { addAuthenticator } from '@keyhaven/stage/browser/virtual-authenticator'
import { addPasskey, authenticatorAt } from '@keyhaven/stage/webauthn/passkeys'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { codesOf } from '@keyhaven/stage/http/authenticator-app'
import { demoAccounts, makeAccounts, visitAs } from '@keyhaven/stage/processes/demo-accounts'
import type { DemoAccount, Visitor } from '@keyhaven/stage/processes/demo-accounts'
import { lookAt } from '@keyhaven/stage/browser/look'
import { until } from '@keyhaven/stage/processes/process'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'

let mails: MailServer
let app: NotesApp
let browser: Browser
let database: string

beforeAll(async () => {
  mails = await startMailServer()
  app = await startNotesApp({
    environment: {
      KEYHAVEN_SECOND_FACTOR: 'staff',
      KEYHAVEN_MAIL: mails.url,
      KEYHAVEN_MAIL_FROM: 'keyhaven@example.com',
    },
  })
  browser = await launchChromium()
  database = await databaseIn(app.service.data)
  await makeAccounts(app, ['reader', 'editor', 'long', 'admin'])
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
  await mails?.stop()
})

const visit = (who: DemoAccount, view?: string): Promise<Visitor> =>
  visitAs(who, { app, browser }, view)

const press = (at: Page | Locator, name: string): Promise<void> =>
  at.getByRole('button', { name, exact: true }).click()

const signOut = (page: Page): Promise<void> => press(page.getByRole('banner'), 'Sign out')

const section = (page: Page): Locator =>
  page.getByRole('region', { name: 'Second factors', exact: true })

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor()

/** Looks at a state that is made of the same parts as others, at the whole dose. */
const alsoLookAt = async (page: Page, name: string): Promise<void> => {
  if (doses.pictures > 1) await lookAt(page, name)
}

/** Lets a code that was used count once more, so that no test waits for the next one. */
const forgetSteps = (): Promise<void> =>
  changeIn(database, `update factors set counter = 0 where kind = 'totp'`)

/** Makes every proof of identity so old that none is fresh. */
const ageProofs = (): Promise<void> =>
  changeIn(database, 'update sessions set auth_time = auth_time - 660000')

/** An answer of the service that refuses a call. */
const refusal = (code: ErrorCode): object => ({
  status: problemOf(code, {}).status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ ...problemOf(code, {}), detail: `Refused: ${code}.` }),
})

/** Types login and password, after which a second factor is due. */
async function begin(page: Page, who: DemoAccount): Promise<void> {
  const [login, , secret] = demoAccounts[who]
  await page.getByLabel('E-mail or user name').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await press(page, 'Sign in')
}

/** The same account in a browser of its own, without a page. */
function personAt(who: DemoAccount): Promise<Person> {
  const [email, , secret] = demoAccounts[who]
  return person(app.service, { email, password: secret }).signIn()
}

/** The code of the newest mail to an account. */
async function mailedCode(who: DemoAccount): Promise<string> {
  const codes = (): string[] =>
    mails
      .mailsTo(demoAccounts[who][0])
      .flatMap(({ text }) => text.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/g) ?? [])
  await until('the mail with the code has come', () => codes().length > 0)
  return codes().at(-1) ?? ''
}

describe('an authenticator app', () => {
  it('is set up with its recovery codes, and completes each later sign-in (V6)', async () => {
    const { context, page } = await visit('long', 'account')
    await section(page).getByText('You have no second factor yet').waitFor()
    await alsoLookAt(page, 'factors-none')
    await press(page, 'Add an authenticator app')
    await page.getByAltText('QR code of the secret below').waitFor()
    const secret = (await page.locator('.kh-secret code').textContent()) ?? ''
    const codes = codesOf(secret.replaceAll(' ', ''))
    await page.getByLabel('Code', { exact: true }).fill('000 000')
    await press(page, 'Add app')
    await page.getByText('This code is not right').waitFor()
    await lookAt(page, 'factors-app')
    await page.getByLabel('Code', { exact: true }).fill(codes())
    await press(page, 'Add app')
    const dialog = page.getByRole('dialog', { name: 'Save your recovery codes' })
    await dialog.waitFor()
    const [recoveryCode = ''] = await dialog.locator('li').allTextContents()
    expect(await dialog.locator('li').count()).toBe(10)
    // Chromium closes a dialog at the third time
    for (const key of ['Escape', 'Escape', 'Escape']) await page.keyboard.press(key)
    await lookAt(page, 'factors-recovery-codes')
    // As in a page without https
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await press(dialog, 'Copy codes')
    await dialog.getByRole('status').getByText('The browser did not allow it').waitFor()
    await press(dialog, 'I have saved them')
    await page.getByText('10 are left').waitFor()
    await alsoLookAt(page, 'factors-app-added')
    await press(page, 'New codes')
    await alsoLookAt(page, 'factors-codes-asked')
    await press(page, 'Cancel')

    await signOut(page)
    await begin(page, 'long')
    await heading(page, 'Enter your code')
    await alsoLookAt(page, 'second-factor-app')
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await press(page, 'Sign in')
    await page.getByText('This code is not right').waitFor()
    await lookAt(page, 'second-factor-refused')
    await press(page, 'Use a recovery code')
    await heading(page, 'Enter a recovery code')
    await alsoLookAt(page, 'second-factor-recovery')
    await page.getByLabel('Recovery code').fill(recoveryCode)
    await press(page, 'Sign in')
    await page.getByText('9 are left').waitFor()

    await ageProofs()
    await press(section(page), 'Remove')
    await alsoLookAt(page, 'factors-remove')
    await press(page, 'Remove app')
    await forgetSteps()
    await heading(page, 'Enter your code')
    await lookAt(page, 'step-up-app')
    await page.getByRole('dialog').getByLabel('Code', { exact: true }).fill(codes())
    await press(page, 'Go on')
    await page.getByText('Removed “Authenticator app”.').waitFor()
    await context.close()
  })
})

describe('a passkey', () => {
  it('is added and named, signs in from the list and by the button, and steps up for every tab (WA-1)', async () => {
    const { context, page } = await visit('editor', 'account')
    const authenticator = await addAuthenticator(page)
    await press(page, 'Add a passkey')
    await alsoLookAt(page, 'factors-passkey')
    await page.getByLabel('Name of the passkey').fill('Edda’s laptop')
    await press(page, 'Create passkey')
    await press(page.getByRole('dialog'), 'I have saved them')
    await page.getByText('Passkey “Edda’s laptop” added.').waitFor()
    await press(page, 'Rename')
    await page
      .getByLabel('Name of the passkey')
      .fill('Donaudampfschifffahrtskapitänslaptop im Büro')
    await press(page, 'Save name')
    await page.getByText('The passkey is now “Donau').waitFor()
    await alsoLookAt(page, 'factors-passkey-added')
    await press(page, 'Add a passkey')
    await press(page, 'Create passkey')
    await page.getByText('This device already has a passkey').waitFor()
    await lookAt(page, 'factors-passkey-twice')
    expect(await authenticator.count()).toBe(1)

    // From the list of the field, of which its user chooses one at once
    const fromList = page.waitForResponse((one) => one.url().endsWith('/sessions/passkey'))
    await signOut(page)
    expect((await fromList).status()).toBe(201)
    await heading(page, 'Your account')
    await page.route('**/sessions/passkey', (route) =>
      route.fulfill(refusal('invalid_credentials')),
    )
    await signOut(page)
    await page.getByText('You are signed out').waitFor()
    await page.goto(`${app.page}auth/pages/sign-in`)
    await page.getByText('This passkey does not work here any more').waitFor()
    await page.unroute('**/sessions/passkey')
    await page.goto(`${app.page}#/account`)
    await heading(page, 'Your account')
    // By the button, which ends the request of the list
    await authenticator.answer(false)
    const offered = page.waitForResponse((one) => one.url().endsWith('/passkey/options'))
    await signOut(page)
    await offered
    await press(page, 'Sign in with a passkey')
    await page.getByRole('button', { name: 'Waiting…' }).waitFor()
    await lookAt(page, 'sign-in-passkey')
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
    })
    await authenticator.answer(true)
    await page.reload()
    await press(page, 'Sign in with a passkey')
    await heading(page, 'Your account')

    const second = await context.newPage()
    await second.goto(`${app.page}#/account`)
    await section(second).getByText('10 are left').waitFor()
    await ageProofs()
    await press(second, 'New codes')
    await press(second.getByRole('dialog'), 'Make new codes')
    await second.getByRole('heading', { name: 'Use your passkey' }).waitFor()
    // A tab in the background draws one frame a second
    await page.bringToFront()
    await press(section(page), 'Remove')
    await alsoLookAt(page, 'factors-passkey-remove')
    await press(page, 'Cancel')
    await press(page, 'Rename')
    await press(page, 'Save name')
    await page.getByRole('heading', { name: 'Use your passkey' }).waitFor()
    await alsoLookAt(page, 'step-up-passkey')
    await press(page, 'Use passkey')
    await page.getByText('The passkey is now “Donau').waitFor()
    await second.bringToFront()
    await press(second.getByRole('dialog'), 'I have saved them')
    await second.getByText('You have ten new recovery codes.').waitFor()

    // The passkey of one account is none of another
    await second.close()
    const reader = await personAt('reader')
    await addPasskey(reader, authenticatorAt(app.service))
    await signOut(page)
    await begin(page, 'reader')
    await heading(page, 'Use your passkey')
    await alsoLookAt(page, 'second-factor-passkey')
    await press(page, 'Use passkey')
    await page.getByText('No passkey was used').waitFor()
    await alsoLookAt(page, 'second-factor-passkey-refused')
    await page.getByRole('link', { name: 'Begin again' }).click()
    await page.locator('h1:focus').filter({ hasText: 'Sign in to Notes' }).waitFor()
    expect(await page.title()).toBe('Sign in to Notes')
    expect(await page.getByLabel('E-mail or user name').inputValue()).toBe('reader@example.com')
    await context.close()
  })
})

describe('a second factor that the service requires', () => {
  it('is set up in the sign-in, by a mailed code in a new browser (H16)', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    await page.goto(`${app.page}#/people`)
    await begin(page, 'admin')
    await heading(page, 'Set up a second factor')
    await alsoLookAt(page, 'enrol')
    await press(page, 'Use an authenticator app')
    await heading(page, 'Check your mail')
    await page.getByLabel('Code', { exact: true }).fill('wrong')
    await press(page, 'Go on')
    await page.locator('[name=code][aria-invalid=true]').waitFor()
    await alsoLookAt(page, 'enrol-mail-code')
    await page.route('**/enrol/totp', (route) => route.fulfill(refusal('rate_limited')))
    await press(page, 'Send a new mail')
    await page.getByText('Refused: rate_limited.').waitFor()
    expect(await page.getByText('Another mail is on its way').count()).toBe(0)
    await page.unroute('**/enrol/totp')
    await page.getByLabel('Code', { exact: true }).fill(await mailedCode('admin'))
    await press(page, 'Go on')
    await heading(page, 'Set up your authenticator app')
    await lookAt(page, 'enrol-app')
    const secret = (await page.locator('.kh-secret code').textContent()) ?? ''
    await page.getByLabel('Code', { exact: true }).fill(codesOf(secret.replaceAll(' ', ''))())
    await press(page, 'Add app and sign in')
    await press(page.getByRole('dialog'), 'I have saved them')
    await heading(page, 'People')
    await context.close()
  })
})

describe('the service’s own pages', () => {
  it('sign in with a second factor, and lead back to the application (H3, H31)', async () => {
    const context = await browser.newContext({ locale: 'de-DE' })
    const page = await context.newPage()
    const owner = await person(app.service).signUp()
    const phone = await addApp(owner, database)
    await page.goto(`${app.page}auth/pages/sign-in?return=/%23/account`)
    await page.getByRole('button', { name: 'Mit Passkey anmelden' }).waitFor()
    await alsoLookAt(page, 'pages-sign-in')
    await page.getByLabel('E-Mail oder Benutzername').fill(owner.email)
    await page.getByLabel('Passwort', { exact: true }).fill(password)
    await press(page, 'Anmelden')
    await heading(page, 'Code eingeben')
    expect(new URL(page.url()).hash).toBe('')
    await page.getByLabel('Code', { exact: true }).fill('000000')
    await press(page, 'Anmelden')
    await page.getByText('Dieser Code ist nicht richtig').waitFor()
    await lookAt(page, 'pages-second-factor')
    await press(page, 'Wiederherstellungscode verwenden')
    await alsoLookAt(page, 'pages-recovery-code')
    await press(page, 'Authenticator-App verwenden')
    await page.getByLabel('Code', { exact: true }).fill(await phone.next())
    await press(page, 'Anmelden')
    await heading(page, 'Your account')
    expect(page.url()).toBe(`${app.page}#/account`)
    await context.close()
  })
  it('offer what the browser can do, and show what is refused', async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
    const address = `${app.page}auth/pages/second-factor`
    // A phone drops the page while its user reads the mail
    const reopen = async (attempt: object): Promise<void> => {
      await page.goto(address)
      await page.evaluate((keyhaven) => history.replaceState({ keyhaven }, ''), attempt)
      await page.reload()
    }
    await reopen({ factors: ['passkey', 'recovery_code'], enrol: [] })
    await heading(page, 'Enter a recovery code')
    const buttons = await page
      .locator('main button .kh-act, main button:not(:has(*))')
      .allTextContents()
    expect(buttons).toEqual(['Sign in'])

    let code: ErrorCode = 'mail_code_required'
    await page.route('**/enrol/totp', (route) => route.fulfill(refusal(code)))
    await reopen({ factors: [], enrol: ['totp'] })
    await press(page, 'Use an authenticator app')
    await heading(page, 'Check your mail')
    code = 'rate_limited'
    await press(page, 'Send a new mail')
    await page.getByText('Refused: rate_limited.').waitFor()
    code = 'attempt_over'
    await press(page, 'Send a new mail')
    await heading(page, 'This sign-in is over')
    await context.close()
  })
})
