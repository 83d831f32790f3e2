import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, screenshot } from '@keyhaven/stage/browser/chromium'
import { expectAccessible, lookAt } from '@keyhaven/stage/browser/look'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'
import { until } from '@keyhaven/stage/processes/process'

const password = 'correct horse battery'
let app: NotesApp
let browser: Browser

beforeAll(async () => {
  app = await startNotesApp()
  browser = await launchChromium()
  const admin = ['accounts', 'create', '--email', 'ada@example.com', '--role', 'admin']
  expect(await app.service.command(admin, 'calm-lighthouse-sees')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function visitor(width = 1280): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width, height: 800 } })
  const page = await context.newPage()
  await page.goto(app.page)
  return { context, page }
}

async function newcomer(email: string): Promise<{ context: BrowserContext; page: Page }> {
  const { context, page } = await visitor()
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name (optional)').fill('Mira')
  await page.getByLabel('E-mail', { exact: true }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('heading', { name: 'Hello, Mira' }).waitFor()
  return { context, page }
}

async function visitorAs(login: string, secret: string, width?: number) {
  const { context, page } = await visitor(width)
  await page.getByLabel('E-mail or user name').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Hello' }).waitFor()
  return { context, page }
}

describe('an administrator who locks a person', () => {
  it('sees every guard apply it, while the person’s page, stream and API refuse within a second (R45)', async () => {
    const mira = await newcomer('mira@example.com')
    await mira.page.evaluate(() => {
      const stream = new EventSource('/api/notes/events')
      const seen = { open: false, ended: false }
      stream.onopen = () => (seen.open = true)
      stream.onerror = () => {
        seen.ended = true
        stream.close()
      }
      Object.assign(globalThis, { seen })
    })
    const stream = (): Promise<{ open: boolean; ended: boolean }> =>
      mira.page.evaluate(
        () => (globalThis as never as { seen: { open: boolean; ended: boolean } }).seen,
      )
    await until('the stream is open', async () => (await stream()).open)
    const cookies = await mira.context.cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const notes = (): Promise<Response> => fetch(`${app.page}api/notes`, { headers: { cookie } })
    expect((await notes()).status).toBe(200)

    const ada = await visitorAs('ada@example.com', 'calm-lighthouse-sees')
    await ada.page.getByRole('link', { name: 'People' }).click()
    await ada.page.getByLabel('Find by e-mail or name').fill('mira')
    await ada.page.getByRole('button', { name: 'Find' }).click()
    await ada.page.getByRole('button', { name: 'Lock', exact: true }).click()
    await ada.page.getByLabel('Reason').fill('lost phone')
    await ada.page.getByRole('button', { name: 'Lock Mira' }).click()

    const status = ada.page.getByText('Locked Mira. 1 session ended. 1 of 1 guard has applied it')
    await until('the lock is shown with the guards that apply it', () => status.isVisible(), 1)
    process.stdout.write(`lock: ${await status.textContent()}\n`)
    // From here on each has a second at most
    expect(await codeOf(await notes())).toBe('401 account_locked')
    await until('the stream has ended', async () => (await stream()).ended, 1)
    const form = mira.page.getByRole('heading', { name: 'Sign in to Notes' })
    await until('the page is signed out', () => form.isVisible(), 1)
    expect(await mira.page.content()).not.toContain('mira@example.com')

    await ada.page.getByRole('button', { name: 'Unlock' }).click()
    await ada.page.getByText('Unlocked Mira. They can sign in again.').waitFor()
    expect((await notes()).status).toBe(401)
    await mira.context.close()
    await ada.context.close()
  })
})

describe.concurrent('a person’s devices', () => {
  it('are listed, and end one by one or all at once, in the other browser too', async () => {
    const first = await newcomer('nora@example.com')
    const second = await visitorAs('nora@example.com', password)
    const third = await visitorAs('nora@example.com', password, 390)
    await first.page.getByRole('link', { name: 'Account' }).click()
    await first.page.getByText('End the 2 other sessions').waitFor()
    const sessions = first.page.getByRole('region', { name: 'Devices' })
    const rows = await sessions.getByRole('listitem').allTextContents()
    expect(rows[0]).toContain('this device')
    for (const row of rows)
      expect(row).toMatch(/^Chrome on .*from (127\.0\.0\.1|::1)(Sign out|End session)$/)
    // The newest comes first: this is the second browser
    await first.page.getByRole('button', { name: 'End session' }).last().click()
    await first.page.getByText('End the other session').waitFor()
    await third.page.getByRole('link', { name: 'Account' }).click()
    await third.page.getByRole('heading', { name: 'Your account' }).waitFor()
    await first.page.getByRole('button', { name: 'End the other session' }).click()
    for (const { page } of [second, third]) {
      const form = page.getByRole('heading', { name: 'Sign in to Notes' })
      await until('the page is signed out', () => form.isVisible(), 2)
    }
    await first.page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await first.page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    for (const { context } of [first, second, third]) await context.close()
  })
})

describe.concurrent('a session that ends soon', () => {
  it('is announced in a banner, goes on when the user extends it, and keeps a form when it ends', async () => {
    const short = await startNotesApp({
      environment: { KEYHAVEN_ACCESS_TTL: '5s', KEYHAVEN_IDLE: '10s' },
    })
    const page = await (await browser.newContext()).newPage()
    await page.goto(short.page)
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByLabel('E-mail', { exact: true }).fill('olga@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByLabel('New note').fill('half a thou')
    const banner = page.getByRole('complementary', { name: 'Your sign-in ends soon' })
    await banner.waitFor()
    await screenshot(page, 'look/ending-soon')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Stay signed in' }).click()
    // Then nobody does anything, and it ends
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor({ timeout: 60_000 })
    await page.getByText('Your sign-in has ended').waitFor()
    await lookAt(page, 'ended')
    await page.getByLabel('E-mail or user name').fill('olga@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('heading', { name: 'Hello' }).waitFor()
    expect(await page.getByLabel('New note').inputValue()).toBe('half a thou')
    await page.context().close()
    await short.close()
  })
})

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}
