import type { Browser, Locator, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { demoAccounts, makeAccounts, visitAs } from '@keyhaven/stage/processes/demo-accounts'
import type { DemoAccount, Visitor } from '@keyhaven/stage/processes/demo-accounts'
import { expectFits, lookAt } from '@keyhaven/stage/browser/look'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'

const accounts = Object.keys(demoAccounts) as DemoAccount[]
const longNote = `${'Unbreakable'.repeat(20)} and then a sentence that has blanks like any other.`

/** Views with their titles. */
const views = {
  notes: 'Hello',
  admin: 'All notes',
  people: 'People',
  account: 'Your account',
  inside: 'What JavaScript can see',
} as const

/** What each account is offered; the first is where it begins. */
const offered: Readonly<Record<DemoAccount, readonly (keyof typeof views)[]>> = {
  reader: ['notes', 'account', 'inside'],
  editor: ['notes', 'account', 'inside'],
  long: ['notes', 'account', 'inside'],
  admin: ['notes', 'admin', 'people', 'account', 'inside'],
  support: ['people', 'account', 'inside'],
}

let app: NotesApp
let browser: Browser

beforeAll(async () => {
  app = await startNotesApp()
  browser = await launchChromium()
  await makeAccounts(app, accounts)
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const visit = (who: DemoAccount, view?: string): Promise<Visitor> =>
  visitAs(who, { app, browser }, view)

/** Opens the page in a browser in which no one is signed in. */
async function visitSignedOut(): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(app.page)
  return { context, page }
}

async function open(page: Page, view: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/${view}`)
}

const title = (page: Page) => page.getByRole('heading', { level: 1 }).filter({ visible: true })

describe('every view', () => {
  it.concurrent.each(accounts)(
    'fits into the window, for %s (browser F9, operator 8)',
    async (who) => {
      const { context, page } = await visit(who)
      await title(page)
        .filter({ hasText: views[offered[who][0] ?? 'notes'] })
        .waitFor()
      expect(await page.getByRole('navigation').getByRole('link').count()).toBe(offered[who].length)
      if (who === 'long' || who === 'editor') {
        for (const text of [longNote, 'Buy lanterns']) {
          await page.getByLabel('New note').fill(text)
          await page.getByRole('button', { name: 'Add note' }).click()
          await page.getByText(text).waitFor()
        }
      }
      for (const [view, heading] of Object.entries(views)) {
        const mayOpen = offered[who].some((one) => one === view)
        await open(page, view)
        await title(page)
          .filter({ hasText: mayOpen ? heading : 'This view is not for you' })
          .waitFor()
        // No scope is named to a person, except where everything that script can see is shown
        if (view !== 'inside')
          expect(await page.textContent('main')).not.toMatch(/\w+:(\w+:)?\w+\b(?<!\d)/)
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
        if (view === 'inside') await page.getByText('XSRF-TOKEN=').waitFor()
        if (view === 'account') await page.getByText('Active now').waitFor()
        if (who === 'admin' || (who === 'long' && view === 'notes'))
          await lookAt(page, `${who}-${view}`)
        else await expectFits(page, `${view} of ${who}`)
      }
      await context.close()
    },
  )
})

describe('every state', () => {
  it('of the form fits, with a title of its own (browser, operator part 4)', async () => {
    const { context, page } = await visitSignedOut()
    await title(page).filter({ hasText: 'Sign in to Notes' }).waitFor()
    expect(await page.title()).toBe('Sign in to Notes')
    await lookAt(page, 'sign-in')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    const login = page.getByLabel('E-mail or user name')
    expect(await login.evaluate((input) => input === document.activeElement)).toBe(true)
    await login.fill('reader@example.com')
    // An error goes when its own field is changed, and the focus stays there
    expect(await page.locator('[name=login][aria-invalid=true]').count()).toBe(0)
    expect(await page.locator('[name=password][aria-invalid=true]').count()).toBe(1)
    expect(await login.evaluate((input) => input === document.activeElement)).toBe(true)
    await page.getByLabel('Password', { exact: true }).fill('wrong password here')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: 'don’t match' }).waitFor()
    expect(await login.inputValue()).toBe('reader@example.com')

    await page.getByRole('link', { name: 'Sign up' }).press('Enter')
    await title(page).filter({ hasText: 'Sign up for Notes' }).waitFor()
    expect(await page.title()).toBe('Sign up for Notes')
    await page.getByText('8 characters or more').waitFor()
    const password = page.getByLabel('Password', { exact: true })
    await password.fill('password1')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('among the most common').waitFor()
    expect(await password.evaluate((input) => input === document.activeElement)).toBe(true)
    expect(await password.inputValue()).toBe('password1')
    await password.fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign up' }).click()
    // The address came along from the other form, and has an account
    const email = page.getByLabel('E-mail', { exact: true })
    await page.locator('[name=email][aria-invalid=true]').waitFor()
    expect(await email.inputValue()).toBe('reader@example.com')
    await lookAt(page, 'sign-up-taken')
    await email.fill('not an address')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.locator('[name=email][aria-invalid=true]').waitFor()
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor()
    await context.close()
  })

  it('before and without an answer of the service fits', async () => {
    const { context, page } = await visitSignedOut()
    const held: Route[] = []
    await page.route('**/auth/user/current', (route) => void held.push(route))
    await page.reload()
    await page.locator('.skeleton').waitFor()
    await lookAt(page, 'loading')
    for (const route of held) await route.abort()
    await title(page).filter({ hasText: 'We can’t reach the service' }).waitFor()
    await lookAt(page, 'no-answer')
    await context.close()
  })

  it('of a signed-in person fits: nothing there, offline, failed, out', async () => {
    const { context, page } = await visit('reader', 'nosuch')
    await title(page).filter({ hasText: 'There is no such view' }).waitFor()
    expect(await page.title()).toBe('Not found · Notes')
    await lookAt(page, 'not-found')
    await open(page, 'admin')
    await title(page).filter({ hasText: 'This view is not for you' }).waitFor()
    await lookAt(page, 'not-for-you')
    await open(page, 'notes')
    await page.getByText('No notes yet').waitFor()
    expect(await page.textContent('main')).not.toMatch(/first one|above/)
    await lookAt(page, 'empty-for-a-reader')
    await context.setOffline(true)
    await page.getByText('You are offline').waitFor()
    await lookAt(page, 'offline')
    await context.setOffline(false)
    await page.route('**/api/notes', (route) => route.abort())
    await open(page, 'inside')
    await open(page, 'notes')
    await page.getByText('could not be loaded').waitFor()
    await lookAt(page, 'load-failed')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out.').waitFor()
    await lookAt(page, 'signed-out')
    await context.close()
  })

  it('of the account’s settings keeps errors and focus beside what they are about', async () => {
    const { context, page } = await visit('reader', 'account')
    const isFocused = (what: Locator): Promise<boolean> =>
      what.evaluate((element) => element === document.activeElement)
    const address = page.getByRole('region', { name: 'E-mail address' })
    const change = address.getByRole('button', { name: 'Change' })
    await change.click()
    const email = page.getByLabel('New e-mail')
    expect(await isFocused(email)).toBe(true)
    await address.getByRole('button', { name: 'Cancel' }).click()
    expect(await isFocused(change)).toBe(true)
    await change.click()
    await email.fill('no address')
    await email.press('Enter')
    await page.locator('[name=email][aria-invalid=true]').waitFor()
    const secret = page.getByRole('region', { name: 'Password' })
    await secret.getByRole('button', { name: 'Change' }).click()
    const current = page.getByLabel('Current password')
    expect(await isFocused(current)).toBe(true)
    await current.fill('not this one')
    await page.getByLabel('New password').fill('password')
    await secret.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('This is not your current password').waitFor()
    expect(await isFocused(current)).toBe(true)
    await current.fill(demoAccounts.reader[2])
    await secret.getByRole('button', { name: 'Set password' }).click()
    await page.locator('[name=password][aria-invalid=true]').waitFor()

    const profile = page.getByRole('region', { name: 'Profile' })
    const row = profile.getByRole('listitem').filter({ hasText: 'Rita Reader' })
    await row.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Name', { exact: true }).fill('  Rita R.  ')
    await profile.getByRole('button', { name: 'Save name' }).click()
    await page.getByText('Name saved.').waitFor()
    expect(await page.locator('header').first().textContent()).toContain('Rita R.')
    await context.close()
  })

  it('of a destructive act fits: confirmation, missing input, done, and for a locked account', async () => {
    const { context, page } = await visit('editor')
    await page.getByRole('button', { name: 'Delete note: Buy lanterns' }).click()
    await lookAt(page, 'delete-asked')
    await page.getByRole('button', { name: 'Delete note', exact: true }).click()
    await page.getByText('Note deleted.').waitFor()
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByText('The note is empty').waitFor()
    await lookAt(page, 'note-missing')
    // A new act takes away the result of the one before, and typing takes away the error
    expect(await page.getByText('Note deleted.').count()).toBe(0)
    await page.getByLabel('New note').fill('no longer empty')
    expect(await page.getByText('The note is empty').count()).toBe(0)

    const support = await visit('support')
    const row = support.page.getByRole('listitem').filter({ hasText: 'Edda Editor' })
    await row.getByRole('button', { name: 'Lock' }).click()
    await support.page.getByText(/sessions? ends? at once/).waitFor()
    await lookAt(support.page, 'lock-asked')
    const lock = support.page.getByRole('button', { name: 'Lock Edda Editor' })
    await lock.click()
    await support.page.getByText('The reason is missing').waitFor()
    await lookAt(support.page, 'lock-missing')
    await support.page.getByLabel('Reason').fill('lost phone')
    await lock.click()
    await support.page.getByText('1 of 1 guard has applied it').waitFor()
    await lookAt(support.page, 'locked')
    await page.getByText('This account is locked').waitFor()
    await lookAt(page, 'locked-out')
    await support.page.getByLabel('Find by').fill('no such person')
    await support.page.getByRole('button', { name: 'Find' }).click()
    await support.page.getByText('No account found').waitFor()
    await lookAt(support.page, 'no-person-found')
    for (const visitor of [context, support.context]) await visitor.close()
  })
})
