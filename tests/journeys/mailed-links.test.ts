import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { lookAt } from '@keyhaven/stage/browser/look'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

let mails: MailServer
let service: RunningService
let browser: Browser

beforeAll(async () => {
  mails = await startMailServer()
  service = await startService({
    environment: {
      KEYHAVEN_EMAIL_VERIFICATION: 'on',
      KEYHAVEN_MAIL: mails.url,
      KEYHAVEN_MAIL_FROM: 'keyhaven@example.com',
    },
  })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await service.close()
  await mails.stop()
})

const password = 'correct horse battery'
let people = 0
const newAddress = (): string => `person-${(people += 1)}@example.com`

/** A browser of its own, with a page of the service. */
async function newBrowser(locale = 'en-GB'): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale })
  const page = await context.newPage()
  await page.goto(`${service.issuer}/pages/verify`)
  return { context, page }
}

/** Sends a call from a page of the service, as an app's form would. */
const call = (page: Page, path: string, body: object): Promise<number> =>
  page.evaluate(
    async ([url, text]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url, { method: 'POST', headers, body: text })).status
    },
    [`${service.issuer}${path}`, JSON.stringify(body)] as const,
  )

/** The newest mail to an address: its link, and the code beside it. */
async function newestMail(email: string, count = 1): Promise<{ link: string; code: string }> {
  await until('the mail has come', () => mails.mailsTo(email).length >= count)
  const { text } = mails.mailsTo(email)[count - 1] ?? { text: '' }
  const [link = ''] = /http\S+#token=\S+/.exec(text) ?? []
  const [code = ''] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(text) ?? []
  return { link, code }
}

describe('the link of a sign-up', () => {
  it('confirms the address when a person presses the button, and signs in the browser that signed up', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { link } = await newestMail(email)
    expect(link.startsWith(`${service.issuer}/pages/verify#token=`)).toBe(true)
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url())
    })
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('button', { name: 'Confirm address' }).waitFor()
    // No script sends it, and nothing but the page has seen the token
    expect(posts).toEqual([])
    expect(page.url()).toBe(`${service.issuer}/pages/verify`)
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
    await page.goto(`${service.issuer}/pages/verify`)
    await page.getByLabel('Code').fill('WRONGONE')
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByText('This code is not right').waitFor()
    await page.getByLabel('Code').fill(code.toLowerCase())
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByText('You are signed in.').waitFor()
    await context.close()
  })
})

describe('a forgotten password', () => {
  it('is replaced by the code or the link of a mail, and opens no session', async () => {
    const { context, page } = await newBrowser()
    const email = newAddress()
    expect(await call(page, '/accounts', { email, password })).toBe(202)
    const { code: first } = await newestMail(email)
    expect(await call(page, '/email-verifications/confirm', { code: first })).toBe(201)
    await page.goto(`${service.issuer}/pages/reset`)
    await page.getByRole('button', { name: 'Send mail' }).click()
    await page.getByText('Enter your e-mail address.', { exact: true }).waitFor()
    await lookAt(page, 'pages-reset-request')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByRole('button', { name: 'Send mail' }).click()
    await page.getByLabel('Code').waitFor()
    await lookAt(page, 'pages-reset-code')
    const { link } = await newestMail(email, 2)
    await page.goto('about:blank')
    await page.goto(link)
    const field = page.getByLabel('New password', { exact: true })
    await field.fill('a third horse battery')
    await page.getByRole('button', { name: 'Show' }).click()
    expect(await field.getAttribute('type')).toBe('text')
    await lookAt(page, 'pages-reset')
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('Your password is changed').waitFor()
    // The session of this browser has ended too
    const status = await page.evaluate(
      async (url) => (await fetch(url)).status,
      `${service.issuer}/user/current`,
    )
    expect(status).toBe(401)
    const entering = (secret: string): Promise<number> =>
      call(page, '/sessions', { login: email, password: secret })
    expect(await entering(password)).toBe(401)
    expect(await entering('a third horse battery')).toBe(201)
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
      at.evaluate(async (url) => (await fetch(url)).status, `${service.issuer}/user/current`)
    expect(await enter(other.page)).toBe(201)
    const { link } = await newestMail(email, 2)
    await page.goto('about:blank')
    await page.goto(link)
    const everything = page.getByLabel('Also sign out all my other devices')
    expect(await everything.isChecked()).toBe(false)
    expect(page.url()).toBe(`${service.issuer}/pages/deny`)
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

describe('a page of the service', () => {
  it('may load its own files and call the service, and nothing else (H31)', async () => {
    const response = await fetch(`${service.address}/pages/reset`)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('noopener-allow-popups')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; ")
    expect(policy).toContain(`script-src ${service.issuer}/pages/; `)
    expect(policy).not.toMatch(/'self'|unsafe|https?:(?!\/\/localhost)/)
    const [script = ''] = /reset-\w+\.js/.exec(await response.text()) ?? []
    const file = await fetch(`${service.address}/pages/${script}`)
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    for (const path of ['', 'reset.html', 'none', '../package.json', '%2e%2e/package.json']) {
      expect((await fetch(`${service.address}/pages/${path}`)).status).toBe(404)
    }
    const posted = await fetch(`${service.address}/pages/reset`, { method: 'POST' })
    expect(posted.status).toBe(404)
  })
})
