import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { lookAt } from '@keyhaven/stage/browser/look'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { addAuthenticator } from '@keyhaven/stage/browser/virtual-authenticator'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { addApp, codesOf } from '@keyhaven/stage/http/authenticator-app'
import { password, person } from '@keyhaven/stage/http/person'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { until } from '@keyhaven/stage/processes/process'
import { doses } from '../doses.ts'
import type { ElementsPage } from './pages/elements.ts'

declare const page: ElementsPage

let mails: MailServer
let site: PageSite
let browser: Browser
let database: string

beforeAll(async () => {
  mails = await startMailServer()
  site = await startPageSite({
    script: 'elements.ts',
    environment: {
      KEYHAVEN_SECOND_FACTOR: 'staff',
      KEYHAVEN_EMAIL_SIGN_IN: 'on',
      KEYHAVEN_MAIL: mails.url,
      KEYHAVEN_MAIL_FROM: 'keyhaven@example.com',
    },
  })
  browser = await launchChromium()
  database = await databaseIn(site.service.data)
  const make = async (name: string, role: string): Promise<void> => {
    const args = ['accounts', 'create', '--email', `${name}@example.com`, '--role', role]
    const { code, output } = await site.service.command(args, password)
    if (code !== 0) throw new Error(output)
  }
  await Promise.all([
    make('boss', 'admin'),
    make('chief', 'admin'),
    ...['ada', 'bob', 'cleo', 'dora'].map((name) => make(name, 'editor')),
  ])
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
  await mails?.stop()
})

/** Opens elements in a browser of its own, or in this one. */
async function open(search: string, context?: BrowserContext): Promise<Page> {
  const tab = await (context ?? (await browser.newContext({ locale: 'en-GB' }))).newPage()
  await tab.goto(`${site.origin}/?${search}`)
  return tab
}

const title = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('heading', { name, exact: true }).waitFor()

const press = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('button', { name, exact: true }).click()

const code = (tab: Page): ReturnType<Page['getByLabel']> => tab.getByLabel(/^(Code|Recovery code)$/)

/** Looks at a state that is made of the same parts as others, at the whole dose. */
const alsoLookAt = async (tab: Page, name: string): Promise<void> => {
  if (doses.pictures > 1) await lookAt(tab, name)
}

/** Types login and password. */
async function enterPassword(tab: Page, name: string): Promise<void> {
  await tab.getByLabel('E-mail or user name').fill(`${name}@example.com`)
  await tab.getByLabel('Password', { exact: true }).fill(password)
  await press(tab, 'Sign in')
}

/** Makes every proof of identity of this account so old that none is fresh. */
const ageProofs = (email: string): Promise<void> =>
  changeIn(
    database,
    `update sessions set auth_time = auth_time - 660000
     where credential_id in (select credentials.id from credentials
     join accounts on accounts.id = credentials.account_id where email = '${email}')`,
  )

/** The newest text of this form in the mails to an account. */
async function mailed(name: string, form: RegExp, least = 1): Promise<string> {
  const found = (): string[] =>
    mails.mailsTo(`${name}@example.com`).flatMap(({ text }) => text.match(form) ?? [])
  await until('the mail has come', () => found().length >= least)
  return found().at(-1) ?? ''
}

const mailCode = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/g
const link = /(?<=sign-in)#token=[\w-]+/g

/** Begins a call that needs a fresh proof; its outcome is the title of the page then. */
const beginFresh = (tab: Page): Promise<void> =>
  tab.evaluate(() => {
    const { auth } = document.querySelector('keyhaven-step-up') ?? {}
    document.title = 'waiting'
    void auth?.changeEmail({ email: 'other@example.com' }).then((result) => {
      document.title = result.ok ? 'granted' : result.error.code
    })
  })

const outcome = (tab: Page, wanted: string): Promise<unknown> =>
  tab.waitForFunction((name) => document.title === name, wanted)

describe('the elements', () => {
  it.concurrent('set up an app in the sign-in by a mailed code; its codes outlive the element (H16)', async () => {
    const tab = await open('element=sign-in')
    await enterPassword(tab, 'boss')
    await title(tab, 'Set up a second factor')
    await tab.getByText(/You sign in as boss@example.com. Finish by \d\d:\d\d\./).waitFor()
    await alsoLookAt(tab, 'element-enrol')
    await press(tab, 'Use an authenticator app')
    await title(tab, 'Check your mail')
    await code(tab).fill('AAAA-AAAA')
    await press(tab, 'Go on')
    await tab.getByText('This code is not right').waitFor()
    expect(await code(tab).getAttribute('aria-invalid')).toBe('true')
    await mailed('boss', mailCode)
    await press(tab, 'Send a new mail')
    await tab.getByText('Another mail is on its way.').waitFor()
    await alsoLookAt(tab, 'element-enrol-mail')
    await code(tab).fill(await mailed('boss', mailCode, 2))
    await press(tab, 'Go on')
    await title(tab, 'Set up your authenticator app')
    await lookAt(tab, 'element-enrol-app')
    const picture = tab.getByAltText('QR code of the secret below')
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(
      0,
    )
    const secret = (await tab.locator('.kh-secret code').textContent()) ?? ''
    await code(tab).fill('000000')
    await press(tab, 'Add app and sign in')
    await tab.getByText('This code is not right').waitFor()
    // As an application does whose form is for visitors only
    await tab.evaluate(() => {
      const element = document.querySelector('keyhaven-sign-in')
      element?.auth.subscribe(() => element.auth.state.account && element.remove())
    })
    await code(tab).fill(codesOf(secret.replaceAll(' ', ''))())
    await press(tab, 'Add app and sign in')
    const dialog = tab.getByRole('dialog', { name: 'Save your recovery codes' })
    await dialog.waitFor()
    await tab.locator('keyhaven-sign-in').waitFor({ state: 'detached' })
    const [recoveryCode = ''] = await dialog.locator('li').allTextContents()
    expect(await dialog.locator('li').count()).toBe(10)
    // Chromium closes a dialog at the third time
    for (const key of ['Escape', 'Escape', 'Escape']) await tab.keyboard.press(key)
    await lookAt(tab, 'element-recovery-codes')
    await tab.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await press(tab, 'Copy codes')
    await dialog.getByText('The browser did not allow it').waitFor()
    expect(await tab.evaluate(() => page.events.map(({ name }) => name))).not.toContain('signed-in')
    await press(tab, 'I have saved them')
    await dialog.waitFor({ state: 'detached' })
    // A dialog is hidden before its event of closing comes
    await tab.waitForFunction(() => page.events.some(({ name }) => name === 'signed-in'))

    // On a page of our own, which a phone drops while its user reads a mail
    await tab.context().clearCookies()
    await tab.goto(`${site.origin}/pages/sign-in?pages=/pages/`)
    await enterPassword(tab, 'boss')
    await title(tab, 'Enter your code')
    await tab.reload()
    expect(new URL(tab.url()).pathname).toBe('/pages/second-factor')
    await title(tab, 'Enter your code')
    await tab.getByText(/^Finish by \d\d:\d\d\./).waitFor()
    expect(await tab.getByText('Use a passkey').count()).toBe(0)
    await press(tab, 'Use a recovery code')
    await code(tab).fill(recoveryCode)
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
    await tab.context().close()
  })
  it.concurrent('set up a passkey, which later signs in from the list and completes a password (WA-1)', async () => {
    const tab = await open('element=sign-in')
    await tab.addInitScript(() => {
      // Which requests of a passkey wait
      const waits: AbortSignal[] = []
      const { credentials } = navigator
      const get = credentials.get.bind(credentials)
      credentials.get = (options) => {
        if (options?.signal) waits.push(options.signal)
        return get(options)
      }
      Object.assign(globalThis, { waits })
    })
    const authenticator = await addAuthenticator(tab)
    await authenticator.answer(false)
    await tab.reload()
    const waiting = (): Promise<number> =>
      tab.evaluate(() => {
        const { waits } = globalThis as unknown as { waits: AbortSignal[] }
        return waits.filter(({ aborted }) => !aborted).length
      })
    await until('the list has passkeys', async () => (await waiting()) === 1)
    await tab.getByRole('link', { name: 'Sign up' }).click()
    await title(tab, 'Sign up')
    expect(await waiting()).toBe(0)
    await tab.getByRole('link', { name: 'Sign in' }).click()
    await until('the list has passkeys again', async () => (await waiting()) === 1)
    await enterPassword(tab, 'chief')
    await title(tab, 'Set up a second factor')
    expect(await waiting()).toBe(0)
    await authenticator.answer(true)
    await press(tab, 'Create a passkey')
    await title(tab, 'Check your mail')
    await code(tab).fill(await mailed('chief', mailCode))
    await press(tab, 'Go on')
    await press(tab, 'I have saved them')
    await title(tab, 'You are signed in')
    expect(await authenticator.count()).toBe(1)

    // From the list, of which the authenticator chooses at once; then as the second factor
    const fromList = tab.waitForResponse((one) => one.url().endsWith('/sessions/passkey'))
    await press(tab, 'Sign out')
    expect((await fromList).status()).toBe(201)
    await authenticator.answer(false)
    await title(tab, 'You are signed in')
    await press(tab, 'Sign out')
    await enterPassword(tab, 'chief')
    await title(tab, 'Use your passkey')
    await alsoLookAt(tab, 'element-second-factor-passkey')
    await authenticator.answer(true)
    await press(tab, 'Use passkey')
    await title(tab, 'You are signed in')
    await authenticator.answer(false)
    await press(tab, 'Sign out')
    await tab.route('**/sessions/passkey', (route) =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: '{"code":"invalid_credentials"}',
      }),
    )
    await authenticator.answer(true)
    await press(tab, 'Sign in with a passkey')
    await tab.getByText('This passkey does not work here any more').first().waitFor()
    await tab.context().close()
  })
  it.concurrent('complete a sign-in by keyboard alone, and end it after five wrong codes', async () => {
    const owner = await person(site.service, { email: 'ada@example.com' }).signIn()
    const phone = await addApp(owner, database)
    const tab = await open('element=sign-in&return=/there')
    const type = async (text: string): Promise<void> => {
      await tab.keyboard.type(text)
      await tab.keyboard.press('Enter')
    }
    await tab.getByLabel('E-mail or user name').focus()
    await tab.keyboard.type('ada@example.com')
    await tab.keyboard.press('Tab')
    await type(password)
    await title(tab, 'Enter your code')
    await type('')
    await tab.getByText('Enter the code that your app shows.').waitFor()
    await alsoLookAt(tab, 'element-second-factor')
    for (let wrong = 1; wrong <= 6; wrong += 1) {
      const answered = tab.waitForResponse((one) => one.url().endsWith('/second-factor'))
      await code(tab).fill('')
      await type('000000')
      await answered
    }
    await title(tab, 'This sign-in is over')
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Enter')
    await title(tab, 'Sign in')
    expect(await tab.getByLabel('E-mail or user name').inputValue()).toBe('ada@example.com')
    await tab.keyboard.press('Tab')
    await tab.keyboard.press('Tab')
    await type(password)
    await title(tab, 'Enter your code')
    await type(await phone.next())
    await tab.waitForURL(`${site.origin}/there`)
    await tab.context().close()
  })
  it.concurrent('step up by password in one dialog, for every tab', async () => {
    const tab = await open('element=sign-in&also=step-up&also=step-up')
    await enterPassword(tab, 'bob')
    await title(tab, 'You are signed in')
    const second = await open('element=step-up', tab.context())
    await second.evaluate(() => document.querySelector('keyhaven-step-up')?.auth.refresh())
    await ageProofs('bob@example.com')
    await tab.getByRole('button', { name: 'Sign out' }).focus()
    await beginFresh(tab)
    const dialog = tab.getByRole('dialog', { name: 'Enter your password' })
    await dialog.waitFor()
    expect(await tab.locator('dialog').count()).toBe(1)
    await lookAt(tab, 'element-step-up')
    await tab.keyboard.press('Enter')
    await dialog.getByText('Enter your password.').waitFor()
    await tab.keyboard.type('wrong')
    await tab.keyboard.press('Enter')
    await dialog.getByText('This password is not right').waitFor()
    await tab.keyboard.press('Escape')
    await outcome(tab, 'step_up_required')
    await tab.locator('dialog').waitFor({ state: 'detached' })
    await beginFresh(tab)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await outcome(tab, 'step_up_required')

    await beginFresh(tab)
    await dialog.waitFor()
    await beginFresh(second)
    await second.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password)
    await press(second, 'Go on')
    await outcome(second, 'granted')
    await outcome(tab, 'granted')
    await dialog.waitFor({ state: 'detached' })
    const focused = tab.locator(':focus')
    expect(await focused.textContent()).toContain('Sign out')
    await tab.context().close()
  })
  it.concurrent('step up by a second factor if the person has one, also in a page', async () => {
    const owner = await person(site.service, { email: 'cleo@example.com' }).signIn()
    const phone = await addApp(owner, database)
    const tab = await open('element=sign-in&also=step-up')
    await enterPassword(tab, 'cleo')
    await code(tab).fill(await phone.next())
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
    await ageProofs('cleo@example.com')
    await beginFresh(tab)
    const dialog = tab.getByRole('dialog', { name: 'Enter your code' })
    await dialog.getByText('You signed in some time ago.').waitFor()
    await press(tab, 'Use a recovery code')
    await tab.getByRole('dialog', { name: 'Enter a recovery code' }).waitFor()
    await press(tab, 'Use your authenticator app')
    await dialog.getByLabel('Code').fill(await phone.next())
    await press(tab, 'Go on')
    await outcome(tab, 'granted')
    await tab.goto(`${site.origin}/?element=step-up&inline=&return=/there`)
    await title(tab, 'Enter your code')
    await alsoLookAt(tab, 'element-step-up-inline')
    await code(tab).fill(await phone.next())
    await press(tab, 'Go on')
    await tab.waitForURL(`${site.origin}/there`)
    await tab.context().close()
  })
  it.concurrent('sign in by the code or link of a mail, in the browser that requested it', async () => {
    const tab = await open('element=sign-in&mail=')
    await tab.getByLabel('E-mail or user name').fill('dora@example.com')
    await press(tab, 'Get a mail that signs you in')
    await title(tab, 'Sign in by mail')
    expect(await tab.getByLabel('E-mail', { exact: true }).inputValue()).toBe('dora@example.com')
    await alsoLookAt(tab, 'element-mail')
    await press(tab, 'Send mail')
    await tab.getByText('If this address has an account').waitFor()
    const first = await mailed('dora', link)
    await alsoLookAt(tab, 'element-mail-code')
    await code(tab).fill('AAAA-AAAA')
    await press(tab, 'Sign in')
    await tab.getByText('This code is not right, or no longer valid').waitFor()
    await code(tab).fill(await mailed('dora', mailCode))
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
    await press(tab, 'Sign out')
    await press(tab, 'Get a mail that signs you in')
    await tab.getByLabel('E-mail', { exact: true }).fill('dora@example.com')
    await press(tab, 'Send mail')
    const second = await mailed('dora', link, 2)

    // Also without the attribute; it opens nothing by itself
    const elsewhere = await open(`element=sign-in${second}`)
    await title(elsewhere, 'Sign in with the link from your mail')
    expect(elsewhere.url()).not.toContain('token')
    await press(elsewhere, 'Sign in')
    await title(elsewhere, 'Go back to the browser in which you began')
    await press(elsewhere, 'Sign in with your password')
    await title(elsewhere, 'Sign in')
    expect(await elsewhere.getByText('Get a mail that signs you in').count()).toBe(0)
    await elsewhere.context().close()

    await tab.goto(`${site.origin}/there`)
    await tab.goto(`${site.origin}/?element=sign-in${second}`)
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
    await press(tab, 'Sign out')
    await title(tab, 'Sign in')
    await tab.goto(`${site.origin}/there`)
    await tab.goto(`${site.origin}/?element=sign-in${first}`)
    await press(tab, 'Sign in')
    await title(tab, 'This link does not work any more')
    await alsoLookAt(tab, 'element-mail-over')
    await press(tab, 'Sign in with your password')
    await title(tab, 'Sign in')
    await tab.context().close()
  })
})
