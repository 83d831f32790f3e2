import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../stage/chromium.ts'
import { expectFits, lookAt } from '../stage/look.ts'
import { startNotesApp } from '../stage/notes-app.ts'
import type { NotesApp } from '../stage/notes-app.ts'

/** The accounts of `npm start`, the other built-in role, and one with long names. */
const people = {
  reader: ['reader@example.com', 'Rita Reader', 'quiet-lantern-reads'],
  editor: ['editor@example.com', 'Edda Editor', 'brave-pencil-writes'],
  admin: ['admin@example.com', 'Ada Admin', 'calm-lighthouse-sees'],
  support: ['support@example.com', 'Sam Support', 'kind-compass-helps'],
  long: [
    `${'donaudampfschifffahrtsgesellschaft'.repeat(1)}@${'kapitaens-muetzen-'.repeat(2)}fabrik.example`,
    'Maximiliane-Alexandra von Hohenberg-Oberstdorf zu Rabenstein-Wolkenburg',
    'steady-harbour-waits',
  ],
} as const

const words = `${'Unbreakable'.repeat(20)} and then a sentence that has blanks like any other, for good measure.`

let app: NotesApp
let browser: Browser

beforeAll(async () => {
  app = await startNotesApp()
  browser = await launchChromium()
  for (const [role, [email, name, password]] of Object.entries(people)) {
    const args = ['accounts', 'create', '--email', email, '--name', name]
    const roles = role === 'long' ? ['--role', 'editor'] : ['--role', role]
    expect(await app.service.command([...args, ...roles], password)).toMatchObject({ code: 0 })
  }
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function visit(hash = ''): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(app.page + hash)
  return { context, page }
}

async function signIn(page: Page, who: keyof typeof people): Promise<void> {
  const [login, , password] = people[who]
  await page.getByLabel('E-mail or user name').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

async function enter(who: keyof typeof people, hash = '') {
  const visitor = await visit(hash)
  await signIn(visitor.page, who)
  return visitor
}

const views = {
  notes: 'Hello',
  admin: 'Everybody’s notes',
  people: 'People',
  devices: 'Where you are signed in',
  inside: 'What JavaScript can see',
} as const

async function open(page: Page, view: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/${view}`)
}

describe('every view', () => {
  it('fits into the window at 320, 390 and 1,280 px, for every account (browser F9, operator 8)', async () => {
    for (const who of Object.keys(people) as (keyof typeof people)[]) {
      const { context, page } = await enter(who)
      if (who === 'long' || who === 'editor') {
        for (const text of [
          words,
          'Buy lanterns',
          'Call the harbour master about Tuesday’s berth',
        ]) {
          await page.getByLabel('New note').fill(text)
          await page.getByRole('button', { name: 'Add note' }).click()
          await page.getByText(text).first().waitFor()
        }
      }
      for (const [view, title] of Object.entries(views)) {
        await open(page, view)
        const heading = page.getByRole('heading', { level: 1 }).filter({ visible: true })
        await heading.filter({ hasText: new RegExp(`${title}|not for you`) }).waitFor()
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
        if (view === 'inside') await page.getByText('XSRF-TOKEN=').first().waitFor()
        const name = `${who}-${view}`
        if (await page.getByText('This view is not for you').isVisible())
          await expectFits(page, name)
        else await lookAt(page, name)
      }
      await context.close()
    }
  })
})

describe('every state', () => {
  it('signed out', async () => {
    const { context, page } = await visit()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await lookAt(page, '01-sign-in')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await lookAt(page, '02-sign-in-missing')
    await page.getByLabel('E-mail or user name').fill('reader@example.com')
    await page.getByLabel('Password', { exact: true }).fill('wrong password here')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await lookAt(page, '03-sign-in-wrong')
    await page.getByRole('tab', { name: 'Sign up' }).click()
    await lookAt(page, '04-sign-up')
    await page.getByLabel('Password', { exact: true }).fill('password1')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.locator('.error').waitFor()
    await lookAt(page, '05-sign-up-weak')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('An account with').waitFor()
    await lookAt(page, '06-sign-up-taken')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').waitFor()
    await lookAt(page, '07-sign-up-offline')
    await context.close()
  })
  it('waiting', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const held: Route[] = []
    await page.route('**/auth/user/current', (route) => void held.push(route))
    await page.goto(app.page)
    await page.locator('.skeleton').waitFor()
    await page.waitForTimeout(500)
    await lookAt(page, '08-loading')
    for (const route of held) await route.abort()
    await page.getByRole('heading', { name: 'We can’t reach the service' }).waitFor()
    await lookAt(page, '09-offline')
    await context.close()
  })
  it('signed in', async () => {
    const { context, page } = await enter('reader')
    await open(page, 'nosuch')
    await lookAt(page, '10-not-found')
    await open(page, 'admin')
    await lookAt(page, '11-not-for-you')
    await open(page, 'devices')
    await context.setOffline(true)
    await lookAt(page, '12-no-connection')
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await page.getByText('You are still signed in').waitFor()
    await context.setOffline(false)
    await lookAt(page, '13-sign-out-failed')
    await page.route('**/auth/sessions', (route) => route.abort())
    await open(page, 'inside')
    await open(page, 'devices')
    await page.getByText('could not be loaded').waitFor()
    await lookAt(page, '14-load-failed')
    await page.getByRole('button', { name: 'Sign out again' }).click()
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await lookAt(page, '15-signed-out')
    await context.close()
  })
  it('notes and people', async () => {
    const { context, page } = await enter('editor')
    await page.getByRole('button', { name: 'Delete note: Buy lanterns' }).click()
    await lookAt(page, '16-delete-dialog')
    await page.getByRole('button', { name: 'Delete note', exact: true }).click()
    await page.getByText('Note deleted.').waitFor()
    await lookAt(page, '17-deleted')
    await page.getByRole('button', { name: 'Add note' }).click()
    await lookAt(page, '18-note-missing')
    const support = await enter('support', '#/people')
    const row = support.page.getByRole('listitem').filter({ hasText: 'Edda Editor' })
    await row.getByRole('button', { name: 'Lock' }).click()
    await support.page.getByText('session').first().waitFor()
    await lookAt(support.page, '19-lock-dialog')
    await support.page.getByRole('button', { name: 'Lock Edda Editor' }).click()
    await lookAt(support.page, '20-lock-dialog-missing')
    await support.page.getByLabel('Reason').fill('lost phone')
    await support.page.getByRole('button', { name: 'Lock Edda Editor' }).click()
    await support.page.getByText('1 of 1 guard has applied it').waitFor()
    await lookAt(support.page, '21-locked')
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await lookAt(page, '22-locked-out')
    await support.page.getByLabel('Find by').fill('nobody like that')
    await support.page.getByRole('button', { name: 'Find' }).click()
    await support.page.getByText('No account found').waitFor()
    await lookAt(support.page, '23-nobody-found')
    await support.context.close()
    await context.close()
  })
})
