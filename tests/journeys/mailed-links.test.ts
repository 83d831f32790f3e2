import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { lookAt } from '@keyhaven/stage/browser/look'
import { codesOf } from '@keyhaven/stage/http/authenticator-app'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

let mails: MailServer
let app: NotesApp
let service: RunningService
/** Where the links in mails lead. */
let pages: string
let browser: Browser

beforeAll(async () => {
  mails = await startMailServer()
  app = await startNotesApp({
    environment: {
      KEYHAVEN_EMAIL_VERIFICATION: 'on',
      KEYHAVEN_EMAIL_SIGN_IN: 'on',
      KEYHAVEN_MAIL: mails.url,
      KEYHAVEN_MAIL_FROM: 'keyhaven@example.com',
      KEYHAVEN_PASSWORD_MIN_LENGTH: '10',
    },
  })
  service = app.service
  pages = `${app.page}auth/pages`
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await app.close()
  await mails.stop()
})

const password = 'correct horse battery'
let people = 0
const newAddress = (): string => `person-${(people += 1)}@example.com`

/** A browser of its own, with a page of the service. */
async function newBrowser(locale = 'en-GB'): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale })
  const page = await context.newPage()
  await page.goto(`${pages}/verify`)
  return { context, page }
}

/** Sends a call from a page of the service, as an app's form would. */
const call = (page: Page, path: string, body: object): Promise<number> =>
  page.evaluate(
    async ([url, text]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url, { method: 'POST', headers, body: text })).status
    },
    [`${app.page}auth${path}`, JSON.stringify(body)] as const,
  )

/** Sets up an authenticator app for the account that is signed in. @returns its recovery codes. */
async function addApp(page: Page): Promise<readonly string[]> {
  const issuer = `${app.page}auth`
  const send = (path: string, body: object): Promise<unknown> =>
    page.evaluate(
      async ([from, url, text]) => {
        const { xsrfToken } = await (await fetch(`${from}/user/current`)).json()
        const headers = { 'content-type': 'application/json', 'x-xsrf-token': xsrfToken }
        return (await fetch(url, { method: 'POST', headers, body: text })).json() as unknown
      },
      [issuer, `${issuer}${path}`, JSON.stringify(body)] as const,
    )
  const { id, secret } = (await send('/factors/totp', {})) as Record<'id' | 'secret', string>
  const confirmed = await send(`/factors/totp/${id}/confirm`, { code: codesOf(secret)() })
  return (confirmed as { readonly recoveryCodes: readonly string[] }).recoveryCodes
}

/** Requests another address for the account that is signed in. */
const changeAddress = (page: Page, email: string): Promise<number> =>
  page.evaluate(
    async ([issuer, text]) => {
      const { xsrfToken, account } = await (await fetch(`${issuer}/user/current`)).json()
      const headers = { 'content-type': 'application/json', 'x-xsrf-token': xsrfToken }
      const url = `${issuer}/accounts/${account.id}/email`
      return (await fetch(url, { method: 'PUT', headers, body: text })).status
    },
    [`${app.page}auth`, JSON.stringify({ email })] as const,
  )

/** The newest mail to an address: its link, and the code beside it. */
async function newestMail(email: string, count = 1): Promise<{ link: string; code: string }> {
  await until('the mail has come', () => mails.mailsTo(email).length >= count)
  const { text } = mails.mailsTo(email)[count - 1] ?? { text: '' }
  const [link = ''] = /http\S+#token=\S+/.exec(text) ?? []
  const [code = ''] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text) ?? []
  return { link, code }
}

/** The newest link to one of the pages in the mails to an address, once so many have come. */
async function linkTo(email: string, page: string, count = 1): Promise<string> {
  const links = (): string[] =>
    mails
      .mailsTo(email)
      .flatMap(({ text }) => text.match(/http\S+/g) ?? [])
      .filter((link) => link.startsWith(`${pages}/${page}`))
  await until(`the mail to ${page} has come`, () => links().length >= count)
  return links().at(-1) ?? ''
}

describe('the link of a sign-up', () => {
  it('confirms the address when a person presses the button, and signs in the browser that signed up', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { link } = await newestMail(email)
    expect(link.startsWith(`${pages}/verify#token=`)).toBe(true)
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url())
    })
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('button', { name: 'Confirm address' }).waitFor()
    // No script sends it, and nothing but the page has seen the token
    expect(posts).toEqual([])
    expect(page.url()).toBe(`${pages}/verify`)
    await lookAt(page, 'pages-verify')
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByText('You are signed in.').waitFor()
    await lookAt(page, 'pages-verify-done')
    expect((await context.cookies()).map(({ name }) => name)).toContain('keyhaven')
    await context.close()
  })

  it('asks for a password in another browser, and takes a new mail if it was used (H12)', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { link } = await newestMail(email)
    const other = await newBrowser('de-DE')
    await other.page.goto('about:blank')
    await other.page.goto(link)
    await other.page.getByRole('button', { name: 'Adresse bestätigen' }).click()
    const field = other.page.getByLabel('Neues Passwort', { exact: true })
    await field.fill('password')
    await other.page.getByRole('button', { name: 'Passwort setzen und bestätigen' }).click()
    await other.page.getByText('leicht zu erraten').waitFor()
    await lookAt(other.page, 'pages-verify-password')
    await field.fill('another horse battery')
    await field.press('Enter')
    await other.page.getByText('Ihre Adresse ist bestätigt').waitFor()
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByRole('button', { name: 'Send a new mail' }).waitFor()
    await lookAt(page, 'pages-verify-used')
    await Promise.all([context.close(), other.context.close()])
  })

  it('has a code beside it, which the browser that signed up takes', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code } = await newestMail(email)
    await page.goto(`${pages}/verify`)
    await page.getByLabel('Code').fill('WRONGONE')
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByText('This code is not right').waitFor()
    await page.getByLabel('Code').fill(code.toLowerCase())
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByText('You are signed in.').waitFor()
    await context.close()
  })
})

describe('a sign-up with an address that has an account', () => {
  it('is mailed to its owner, with a link to a page that signs in', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code })).toBe(201)
    const other = await newBrowser()
    expect(await call(other.page, '/accounts', { email, password })).toBe(202)
    await until('its owner is mailed', () => mails.mailsTo(email).length === 2)
    const [link = ''] = /http\S+\/sign-in\b/.exec(mails.mailsTo(email)[1]?.text ?? '') ?? []
    await other.page.goto(link)
    await other.page.getByLabel('E-mail or user name').fill(email)
    await other.page.getByLabel('Password', { exact: true }).fill('a wrong horse battery')
    const act = other.page.getByRole('button', { name: 'Sign in', exact: true })
    await act.click()
    await other.page.getByRole('alert').getByText('password').waitFor()
    await lookAt(other.page, 'pages-sign-in')
    await other.page.getByLabel('Password', { exact: true }).fill(password)
    await act.click()
    await other.page.getByRole('heading', { name: 'You are signed in' }).waitFor()
    await Promise.all([context.close(), other.context.close()])
  })
})

describe('the link of a sign-in by mail', () => {
  it('signs in when a person presses the button, and in another browser shows where the code goes', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code })).toBe(201)
    await context.clearCookies()
    expect(await call(page, '/sessions/email', { email })).toBe(202)
    const { link } = await newestMail(email, 2)
    const other = await newBrowser()
    for (const at of [other.page, page]) {
      await at.goto('about:blank')
      await at.goto(link)
      expect(at.url()).toBe(`${pages}/sign-in`)
    }
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await other.page.getByText('Go back to the browser in which you began').first().waitFor()
    await lookAt(other.page, 'pages-sign-in-elsewhere')
    await lookAt(page, 'pages-sign-in-by-mail')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
    expect((await context.cookies()).map(({ name }) => name)).toContain('keyhaven')
    await Promise.all([context.close(), other.context.close()])
  })
})

describe('a forgotten password', () => {
  it('is replaced by the code or the link of a mail, and opens no session', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code: first } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code: first })).toBe(201)
    await page.goto(`${pages}/reset`)
    await page.getByRole('button', { name: 'Send mail' }).click()
    await page.getByText('Enter your e-mail address.', { exact: true }).waitFor()
    await lookAt(page, 'pages-reset-request')
    await page.getByLabel('E-mail', { exact: true }).fill(email)
    await page.getByRole('button', { name: 'Send mail' }).click()
    await page.getByLabel('Code').waitFor()
    await lookAt(page, 'pages-reset-code')
    const { link } = await newestMail(email, 2)
    await page.goto('about:blank')
    await page.goto(link)
    const field = page.getByLabel('New password', { exact: true })
    const rule = page.locator('.kh-rules li').first()
    await field.fill('a third h')
    expect(await rule.textContent()).toBe('10 characters or more')
    await field.fill('a third horse battery')
    expect(await rule.textContent()).toBe('10 characters or more: met')
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await field.getAttribute('type')).toBe('text')
    await lookAt(page, 'pages-reset')
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('Your password is changed').waitFor()
    // The session of this browser has ended too
    const status = await page.evaluate(
      async (url) => (await fetch(url)).status,
      `${app.page}auth/user/current`,
    )
    expect(status).toBe(401)
    const entering = (secret: string): Promise<number> =>
      call(page, '/sessions', { login: email, password: secret })
    expect(await entering(password)).toBe(401)
    expect(await entering('a third horse battery')).toBe(201)
    await context.close()
  })
})

describe('a change of address', () => {
  it('is confirmed in a session of the account only, and undone from the former mailbox (H14)', async () => {
    const { context, page } = await newBrowser()
    const [former, next] = [newAddress(), newAddress()]
    expect(await call(page, '/accounts', { email: former, password })).toBe(202)
    const { code: first } = await newestMail(former)
    expect(await call(page, '/email-verifications/confirm', { code: first })).toBe(201)
    expect(await changeAddress(page, next)).toBe(202)
    const { link } = await newestMail(next)
    const other = await newBrowser('de-DE')
    await other.page.goto('about:blank')
    await other.page.goto(link)
    await other.page.getByRole('button', { name: 'Adresse bestätigen' }).click()
    await other.page.getByText('Melden Sie sich an, um die Adresse').waitFor()
    await lookAt(other.page, 'pages-email-change-elsewhere')
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url())
    })
    await page.goto('about:blank')
    await page.goto(link)
    const button = page.getByRole('button', { name: 'Confirm address' })
    await button.waitFor()
    expect([posts, page.url()]).toEqual([[], `${pages}/email-change`])
    await lookAt(page, 'pages-email-change')
    await button.click()
    await page.getByText('Your address is changed').waitFor()

    await until('the notice has come', () => mails.mailsTo(former).length >= 2)
    const [undo = ''] = /http\S+#undo=\S+/.exec(mails.mailsTo(former)[1]?.text ?? '') ?? []
    await other.page.goto('about:blank')
    await other.page.goto(undo)
    await lookAt(other.page, 'pages-email-change-undo')
    await other.page.getByRole('button', { name: 'Adresse wiederherstellen' }).click()
    await other.page.getByText('Ihre Adresse gilt wieder').waitFor()
    await lookAt(other.page, 'pages-email-change-undone')
    await other.page.getByRole('link', { name: 'Neues Passwort wählen' }).click()
    await other.page.getByLabel('E-Mail').waitFor()
    expect(await call(page, '/sessions', { login: former, password })).toBe(403)
    await page.goto('about:blank')
    await page.goto(undo)
    await page.getByRole('button', { name: 'Bring address back' }).click()
    await page.getByText('This link does not work any more').waitFor()
    await Promise.all([context.close(), other.context.close()])
  })
})

/** Erases the account that is signed in. */
const eraseAccount = (page: Page): Promise<number> =>
  page.evaluate(async (issuer) => {
    const { xsrfToken, account } = await (await fetch(`${issuer}/user/current`)).json()
    const headers = { 'x-xsrf-token': xsrfToken }
    return (await fetch(`${issuer}/accounts/${account.id}`, { method: 'DELETE', headers })).status
  }, `${app.page}auth`)

describe('an erasure', () => {
  it('is undone by a button on the page of its mail, after which the person signs in', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code })).toBe(201)
    expect(await eraseAccount(page)).toBe(202)
    await until('the notice has come', () => mails.mailsTo(email).length >= 2)
    const [undo = ''] = /http\S+#undo=\S+/.exec(mails.mailsTo(email)[1]?.text ?? '') ?? []
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url())
    })
    await page.goto('about:blank')
    await page.goto(undo)
    const button = page.getByRole('button', { name: 'Keep my account' })
    await button.waitFor()
    expect([posts, page.url()]).toEqual([[], `${pages}/erasure`])
    await lookAt(page, 'pages-erasure')
    expect(await call(page, '/sessions', { login: email, password })).toBe(401)
    await button.click()
    await page.getByText('Your account stays').waitFor()
    expect(await call(page, '/sessions', { login: email, password })).toBe(201)
    await page.goto('about:blank')
    await page.goto(undo)
    await page.getByRole('button', { name: 'Keep my account' }).click()
    await page.getByText('This link does not work any more').waitFor()
    await context.close()
  })
})

describe('a person with an account', () => {
  it('signs up, changes the address and undoes it, resets, exports, erases, and comes back', async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    const [email, next, last] = [newAddress(), newAddress(), newAddress()]
    const press = (name: string, on = page): Promise<void> =>
      on.getByRole('button', { name, exact: true }).click()

    // Another fragment of an open page would load nothing
    const open = async (on: Page, link: string): Promise<void> => {
      await on.goto('about:blank')
      await on.goto(link)
    }

    await page.goto(app.page)
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByLabel('E-mail', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press('Sign up')
    await page.getByText('Check your mail').waitFor()
    await open(page, await linkTo(email, 'verify#token='))
    await press('Confirm address')
    await page.getByRole('link', { name: 'Go on' }).click()

    // By the code, which is typed on the page that asked for the change
    await page.getByRole('link', { name: 'Account' }).click()
    const address = page.getByRole('region', { name: 'E-mail address' })
    await address.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('New e-mail').fill(next)
    await press('Send mail')
    await page.getByText(`A mail is on its way to ${next}`).waitFor()
    await page.getByLabel('Code').fill('WRONGONE')
    await press('Confirm address')
    await page.getByText('This code is not right').waitFor()
    await lookAt(page, 'account-code')
    await page.getByLabel('Code').fill((await newestMail(next)).code)
    await press('Confirm address')
    await page.getByText(`Your address is now ${next}.`).waitFor()

    // By the link, in another tab: the first one shows it too
    await address.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('New e-mail').fill(last)
    await press('Send mail')
    const other = await context.newPage()
    await open(other, await linkTo(last, 'email-change#token='))
    await press('Confirm address', other)
    await page.getByText(`Your address is now ${last}.`).waitFor()
    await page.getByLabel('Code').waitFor({ state: 'detached' })

    // The first address comes back over both changes, and every session ends
    await open(other, await linkTo(email, 'email-change#undo='))
    await press('Bring address back', other)
    await other.getByText('Your address is back').waitFor()
    // A tab in the background draws one frame a second
    await other.close()
    await page.getByText('Your sign-in has ended').waitFor()
    const enter = async (secret: string): Promise<void> => {
      // The account page waits for its person behind the form
      const form = page.locator('keyhaven-sign-in')
      await form.getByLabel('E-mail or user name').fill(email)
      await form.getByLabel('Password', { exact: true }).fill(secret)
      await press('Sign in')
    }
    await enter(password)
    await page.getByText('This password must be replaced').waitFor()
    await lookAt(page, 'sign-in-must-reset')
    await open(page, await linkTo(email, 'reset#token='))
    await page.getByLabel('New password', { exact: true }).fill('a third horse battery')
    await press('Set password')
    await page.getByRole('link', { name: 'Go on' }).click()
    await enter('a third horse battery')
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByRole('heading', { name: 'Your account', exact: true }).waitFor()

    const saved = page.waitForEvent('download')
    await press('Download your data')
    const file = readFileSync(await (await saved).path(), 'utf8')
    expect(JSON.parse(file)).toMatchObject({ account: { email } })
    expect(file).not.toMatch(/argon2|password_hash/)

    await press('Erase account')
    await page.getByText(/Your notes are not part/).waitFor()
    await lookAt(page, 'erase-asked')
    await page.getByRole('dialog').getByRole('button', { name: 'Erase account' }).click()
    await page.getByRole('heading', { name: 'Your account will be erased' }).waitFor()
    await lookAt(page, 'erased')
    await open(page, await linkTo(email, 'erasure#undo='))
    await press('Keep my account')
    await page.getByRole('link', { name: 'Go on' }).click()
    await enter('a third horse battery')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await context.close()
  })
})

describe('the mail about a sign-in on a new device', () => {
  it('has a link that signs that device out, or everything if the person chooses it (H4, H20)', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code })).toBe(201)
    const other = await newBrowser('de-DE')
    const enter = (at: Page): Promise<number> => call(at, '/sessions', { login: email, password })
    const current = (at: Page): Promise<number> =>
      at.evaluate(async (url) => (await fetch(url)).status, `${app.page}auth/user/current`)
    expect(await enter(other.page)).toBe(201)
    const { link } = await newestMail(email, 2)
    await page.goto('about:blank')
    await page.goto(link)
    const everything = page.getByLabel('Also sign out all my other devices')
    expect(await everything.isChecked()).toBe(false)
    expect(page.url()).toBe(`${pages}/deny`)
    await lookAt(page, 'pages-deny')
    expect(await current(other.page)).toBe(200)
    await page.getByRole('button', { name: 'Sign that device out' }).click()
    await page.getByText('That device is signed out').waitFor()
    await lookAt(page, 'pages-deny-done')
    expect([await current(other.page), await current(page)]).toEqual([401, 200])
    // This browser stays known, so only the other one is reported again
    expect([await enter(page), await enter(other.page)]).toEqual([201, 201])
    const { link: second } = await newestMail(email, 3)
    await other.page.goto('about:blank')
    await other.page.goto(second)
    await other.page.getByLabel('Auch alle meine anderen Geräte').check()
    await other.page.getByRole('button', { name: 'Dieses Gerät abmelden' }).click()
    await other.page.getByRole('link', { name: 'Neues Passwort festlegen' }).waitFor()
    expect([await current(page), await enter(page)]).toEqual([401, 403])
    await page.goto('about:blank')
    await page.goto(second)
    await page.getByRole('button', { name: 'Sign that device out' }).click()
    await page.getByText('This link does not work any more').waitFor()
    await Promise.all([context.close(), other.context.close()])
  })
})

/** Targets of a sign-in that a page must not lead to. */
const hostileTargets = [
  '//evil.example/',
  '/\\\\evil.example',
  'javascript:alert(1)',
  '/%61uth/sessions/current',
  '/auth/pages/account',
  'https://evil.example/notes',
]

describe('an app without a form of its own', () => {
  it('has its people sign up by mail, with a second factor, and in and out, on our pages (H16, P24)', async () => {
    const strict = await startService({
      environment: {
        KEYHAVEN_EMAIL_VERIFICATION: 'on',
        KEYHAVEN_SECOND_FACTOR: 'required',
        KEYHAVEN_MAIL: mails.url,
        KEYHAVEN_MAIL_FROM: 'keyhaven@example.com',
      },
    })
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    const press = (name: string): Promise<void> =>
      page.getByRole('button', { name, exact: true }).click()
    const follow = (name: string): Promise<void> =>
      page.getByRole('link', { name, exact: true }).click()
    const heading = (name: string): Promise<void> =>
      page.getByRole('heading', { name, exact: true }).waitFor()
    const { origin } = new URL(strict.issuer)
    // All that the app has
    const html = `<h1>Notes</h1><a href="/auth/pages/sign-in?return=/notes">Sign in</a>`
    await page.route(/localhost:\d+\/(notes)?$/, (route) =>
      route.fulfill({ contentType: 'text/html', body: html }),
    )
    await page.goto(`${origin}/notes`)
    await follow('Sign in')
    await follow('Sign up')
    const email = newAddress()
    await page.getByLabel('E-mail', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press('Sign up')
    await heading('Check your mail')
    expect(await page.title()).toBe('Check your mail · Keyhaven')
    await follow('Enter the code')
    await page.getByLabel('Code', { exact: true }).fill((await newestMail(email)).code)
    await press('Confirm address')
    await press('Use an authenticator app')
    const opens = await page.getByRole('link', { name: 'Open it' }).getAttribute('href')
    expect(opens).toMatch(/^otpauth:\/\/totp\//)
    const secret = (await page.locator('.kh-secret code').textContent()) ?? ''
    await page.getByLabel('Code', { exact: true }).fill(codesOf(secret.replaceAll(' ', ''))())
    await press('Add app and sign in')
    await heading('Save your recovery codes')
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await press('Copy codes')
    await page.getByText('The codes are copied').waitFor()
    await lookAt(page, 'pages-recovery-codes')
    const codes = await page.evaluate(() => navigator.clipboard.readText())
    expect(codes).toMatch(/^(\S{11}\n){9}\S{11}$/)
    await press('I have saved them')
    await heading('Notes')
    expect(page.url()).toBe(`${origin}/notes`)

    // What leads to another origin, or into the service, leads to the start of the app
    for (const hostile of hostileTargets) {
      await page.goto(`${strict.issuer}/pages/sign-in?return=${encodeURIComponent(hostile)}`)
      expect(await page.getByRole('link', { name: 'Go on' }).getAttribute('href')).toBe('/')
    }
    await lookAt(page, 'pages-signed-in')
    await follow('Manage your account')
    await heading('Your account')
    expect(await page.getByRole('link', { name: 'Keyhaven' }).getAttribute('href')).toBe('/')
    await page.goBack()
    await press('Sign out')
    await heading('You are signed out')
    await lookAt(page, 'pages-signed-out')
    await follow('Sign in again')
    await page.getByLabel('E-mail or user name').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await press('Sign in')
    await press('Use a recovery code')
    await page.getByLabel('Recovery code').fill(codes.split('\n')[0] ?? '')
    await press('Sign in')
    await heading('Notes')
    expect(page.url()).toBe(`${origin}/`)
    await context.close()
    await strict.close()
  })
})

describe('a link that undoes, of an account with a second factor (H4)', () => {
  it('requires the factor on its page, or pauses the account', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    await call(page, '/accounts', { email, password })
    const { code } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code })).toBe(201)
    const [first, second, third] = await addApp(page)
    const enter = async (recoveryCode = '', locale?: string): Promise<typeof other> => {
      const made = await newBrowser(locale)
      expect(await call(made.page, '/sessions', { login: email, password })).toBe(401)
      expect(await call(made.page, '/sessions/second-factor', { recoveryCode })).toBe(201)
      return made
    }
    const current = (at: Page): Promise<number> =>
      at.evaluate(async (url) => (await fetch(url)).status, `${app.page}auth/user/current`)
    const other: { readonly context: BrowserContext; readonly page: Page } = await enter(first)
    await page.goto(await linkTo(email, 'deny#token='))
    await page.getByRole('button', { name: 'Sign that device out' }).click()
    await page.getByText('Prove that it is you').waitFor()
    expect(await current(other.page)).toBe(200)
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill(first ?? '')
    await page.getByRole('button', { name: 'Sign that device out' }).click()
    await page.getByText('This code is not right').waitFor()
    await lookAt(page, 'pages-deny-factor')
    await page.getByLabel('Recovery code').fill(second ?? '')
    await page.getByRole('button', { name: 'Sign that device out' }).click()
    await page.getByText('That device is signed out').waitFor()
    expect([await current(other.page), await current(page)]).toEqual([401, 200])

    const german = await enter(third, 'de-DE')
    await german.page.goto(await linkTo(email, 'deny#token=', 2))
    await german.page.getByRole('button', { name: 'Dieses Gerät abmelden' }).click()
    await german.page.getByRole('button', { name: 'Ich habe ihn nicht zur Hand' }).click()
    await lookAt(german.page, 'pages-pause')
    await german.page.getByRole('button', { name: 'Konto anhalten' }).click()
    await german.page.getByRole('heading', { name: 'Ihr Konto ist angehalten' }).waitFor()
    expect([await current(german.page), await current(page)]).toEqual([401, 401])
    await Promise.all([context.close(), other.context.close(), german.context.close()])
  })
})

describe('a page of the service', () => {
  it('may load its own files and call the service, and nothing else (H7, H31)', async () => {
    const response = await fetch(`${service.address}/pages/reset`)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('noopener-allow-popups')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; ")
    expect(policy).toContain(`script-src ${service.issuer}/pages/ ${pages}/; `)
    expect(policy).not.toMatch(/'self'|unsafe|https?:(?!\/\/localhost)/)
    const text = await response.text()
    const [script = ''] = /page-\w+\.js/.exec(text) ?? []
    const lengthAs = async (coding: string): Promise<string> => {
      const { headers } = await fetch(`${service.address}/pages/${script}`, {
        headers: { 'accept-encoding': coding },
      })
      expect(headers.get('vary')).toContain('Accept-Encoding')
      return `${headers.get('content-encoding')} ${headers.get('content-length')}`
    }
    const file = await fetch(`${service.address}/pages/${script}`)
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const lengths = await Promise.all(['identity', 'br, gzip;q=0', 'br, gzip'].map(lengthAs))
    expect(lengths).toEqual([lengths[0], lengths[0], expect.stringMatching(/^gzip \d+$/)])
    for (const path of ['reset.html', 'none', '../package.json', '%2e%2e/package.json']) {
      expect((await fetch(`${service.address}/pages/${path}`)).status).toBe(404)
    }
    const posted = await fetch(`${service.address}/pages/reset`, { method: 'POST' })
    expect(posted.status).toBe(404)
  })
})
