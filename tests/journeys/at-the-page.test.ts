import type { Browser, Locator, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import {
  demoAccounts,
  makeAccounts,
  signInAs,
  visitAs,
} from '@keyhaven/stage/processes/demo-accounts'
import type { DemoAccount, Visitor } from '@keyhaven/stage/processes/demo-accounts'
import { lookAt } from '@keyhaven/stage/browser/look'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'
import { until } from '@keyhaven/stage/processes/process'

let app: NotesApp
let browser: Browser

beforeAll(async () => {
  app = await startNotesApp()
  browser = await launchChromium()
  await makeAccounts(app, ['admin', 'editor', 'reader', 'support'])
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const visit = (who: DemoAccount, view?: string): Promise<Visitor> =>
  visitAs(who, { app, browser }, view)

/** Text or name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement: element } = document
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })
}

async function expectFocus(page: Page, text: string): Promise<void> {
  let found = ''
  await until(
    `the focus is on ${text}`,
    async () => (found = await focused(page)) === text,
    20,
  ).catch(() => expect(found).toBe(text))
}

describe('a sign-out that fails', () => {
  it('for lack of a network hides the person at once, is shown, and is done when there is a network again (browser F1, operator 4)', async () => {
    const { context, page } = await visit('reader')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('the service could not be reached yet').waitFor()
    expect(await page.textContent('body')).not.toContain('Rita')
    await lookAt(page, 'leaving')
    expect(await page.textContent('body')).not.toContain('Failed to fetch')
    await context.setOffline(false)
    await page.getByText('You are signed out.').waitFor()
    // The browser stays known, and may sign in with a passkey from the list
    await until('the session is over', async () =>
      (await context.cookies()).every(
        ({ name, httpOnly }) => !httpOnly || /device|flow/.test(name),
      ),
    )
    await context.close()
  })

  it('because the service refuses it is shown too, and can be done again', async () => {
    const { context, page } = await visit('reader')
    await page.route('**/auth/sessions/current', (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'csrf_failed', detail: 'Reload the page and try again.' }),
      }),
    )
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are still signed in on this device.').waitFor()
    await page.getByText('Reload the page and try again.').waitFor()
    await lookAt(page, 'sign-out-refused')
    await page.unroute('**/auth/sessions/current')
    await page.getByRole('button', { name: 'Sign out again' }).click()
    await page.getByText('You are signed out.').waitFor()
    await context.close()
  })
})

describe('a note', () => {
  it('is added once by two clicks on a slow line, and by a try after a lost answer (operator 4)', async () => {
    const { context, page } = await visit('editor')
    const held: Route[] = []
    await page.route('**/api/notes', (route) =>
      route.request().method() === 'POST' ? void held.push(route) : route.continue(),
    )
    const add = page.getByRole('button', { name: /Add/ })
    await page.getByLabel('New note').fill('only once')
    await add.dblclick()
    await page.getByLabel('New note').press('Enter')
    await until('it is sent', () => held.length > 0)
    expect(await add.textContent()).toContain('Adding…')
    // It arrives, and its answer is lost
    const [first] = held
    const headers = await first?.request().allHeaders()
    const site = { origin: new URL(app.page).origin, 'sec-fetch-site': 'same-origin' }
    const sent = await first?.fetch({ headers: { ...headers, ...site } })
    expect(sent?.status()).toBe(201)
    await first?.abort()
    await page.getByText('There is no connection to the service').waitFor()
    expect(held).toHaveLength(1)
    expect(await page.getByLabel('New note').inputValue()).toBe('only once')
    await page.unroute('**/api/notes')
    await add.click()
    await page.getByText('Note added.').waitFor()
    await page.reload()
    await page.getByText('only once').waitFor()
    expect(await page.getByText('only once').count()).toBe(1)
    await context.close()
  })

  it('whose call fails is reported in our words, not in the browser’s (operator 4)', async () => {
    const { context, page } = await visit('editor')
    // The list is there: only the call that adds a note fails
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    await page.getByLabel('New note').fill('kept')
    const faults = [
      (route: Route) => route.abort(),
      (route: Route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>nginx' }),
      (route: Route) =>
        route.fulfill({ status: 200, contentType: 'text/html', body: 'Sign in to Wi-Fi' }),
    ]
    for (const fault of faults) {
      await page.route('**/api/notes', fault)
      await page.getByRole('button', { name: 'Add note' }).click()
      const alert = await page.getByRole('alert').textContent()
      expect(alert).toMatch(/^(There is no connection to|The service can’t answer)/)
      expect(await page.getByLabel('New note').inputValue()).toBe('kept')
      await page.unroute('**/api/notes')
    }
    await context.close()
  })
})

describe('a keyboard', () => {
  it('keeps its place after a sign-in, a view, a deletion and an ended device (operator part 4)', async () => {
    const other = await visit('editor', 'account')
    const profile = other.page.getByRole('region', { name: 'Profile' })
    await profile.getByRole('button', { name: 'Change' }).first().click()
    await other.page.getByLabel('Name', { exact: true }).fill('Edda, half typ')
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(app.page)
    await signInAs(page, 'editor')
    await expectFocus(page, 'Hello, Edda Editor')
    await page.keyboard.press('Shift+Tab')
    for (const text of ['one', 'two', 'three']) {
      await page.getByLabel('New note').fill(text)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: `Delete note: ${text}` }).waitFor()
    }
    await page.getByRole('button', { name: 'Delete note: two' }).press('Enter')
    await expectFocus(page, 'Cancel')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expectFocus(page, 'Delete note: two')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Delete note', exact: true }).press('Enter')
    await expectFocus(page, 'Delete note: one')
    await page.getByRole('link', { name: 'Account' }).press('Enter')
    await expectFocus(page, 'Your account')
    expect(await page.title()).toBe('Your account · Notes')
    await page.getByRole('button', { name: 'End session' }).first().press('Enter')
    await other.page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    // The account page waits for its person behind the one form, with what was typed
    expect(await other.page.locator('[data-kh-form=sign-in]').count()).toBe(1)
    await until('the focus is in the list', async () =>
      /^(End session|Sign out|Forget)$/.test(await focused(page)),
    )
    await page.getByRole('button', { name: 'Sign out' }).first().press('Enter')
    await expectFocus(page, 'Sign in to Notes')
    expect(await page.title()).toBe('Sign in to Notes')
    await other.page.bringToFront()
    await signInAs(other.page, 'editor')
    expect(await other.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Edda, half typ')
    for (const visitor of [context, other.context]) await visitor.close()
  })

  it('skips to the content, and the view stays', async () => {
    const { context, page } = await visit('reader', 'account')
    await page.reload()
    await page.getByText('Active now').waitFor()
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Skip to the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    expect(new URL(page.url()).hash).toBe('#/account')
    await context.close()
  })
})

describe('a lock', () => {
  it('by support needs a confirmation, and succeeds if the list of guards can’t be read (browser F4)', async () => {
    const reader = await visit('reader')
    const { context, page } = await visit('support')
    await page.route('**/auth/guards?*', (route) => route.fulfill({ status: 403, body: '{}' }))
    const row = page.getByRole('listitem').filter({ hasText: 'Rita Reader' })
    await row.getByRole('button', { name: 'Lock' }).click()
    await page.getByText(/sessions? ends? at once/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await row.getByText('active').waitFor()
    await row.getByRole('button', { name: 'Lock' }).click()
    await page.getByLabel('Reason').fill('lost phone')
    await page.getByRole('button', { name: 'Lock Rita Reader' }).click()
    await row.getByText(/Locked Rita Reader\. \d sessions? ended\./).waitFor()
    await reader.page.getByText('This account is locked').waitFor()
    await row.getByText('can’t be shown now').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await row.locator('.error').count()).toBe(0)
    await expectFocus(page, 'Unlock')
    for (const visitor of [context, reader.context]) await visitor.close()
  })

  it('is offered neither for oneself nor for a higher rank (H21), and its refusal stays in the dialog', async () => {
    const { context, page } = await visit('support')
    const row = (name: string): Locator => page.getByRole('listitem').filter({ hasText: name })
    await row('Sam Support').getByText('you', { exact: true }).waitFor()
    for (const name of ['Sam Support', 'Ada Admin']) {
      expect(await row(name).getByRole('button').count()).toBe(0)
    }
    await row('Edda Editor').getByRole('button', { name: 'Lock' }).click()
    await page.getByLabel('Reason').fill('a try')
    const [editor] = demoAccounts.editor
    const raised = await app.service.command(['accounts', 'roles', 'add', editor, 'admin'])
    expect(raised).toMatchObject({ code: 0 })
    await page.getByRole('button', { name: 'Lock Edda Editor' }).click()
    await page.getByRole('dialog').getByText('You lack a right').waitFor()
    expect(await page.getByLabel('Reason').inputValue()).toBe('a try')
    await app.service.command(['accounts', 'roles', 'remove', editor, 'admin'])
    await context.close()
  })

  it('that waits for its confirmation doesn’t cover the sign-in form after a sign-out', async () => {
    const { context, page } = await visit('admin', 'people')
    const row = page.getByRole('listitem').filter({ hasText: 'Sam Support' })
    await row.getByRole('button', { name: 'Lock' }).click()
    await page.getByLabel('Reason').waitFor()
    const second = await context.newPage()
    await second.goto(app.page)
    await second.getByRole('button', { name: 'Sign out' }).click()
    await page.bringToFront()
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    await page.getByLabel('E-mail or user name').fill('usable')
    await page.getByRole('link', { name: 'Sign up' }).click()
    await context.close()
  })
})

/** Makes every proof of identity so old that none is fresh. */
async function ageProofs(): Promise<void> {
  const database = await databaseIn(app.service.data)
  await changeIn(database, 'update sessions set auth_time = auth_time - 660000')
}

describe('an act of an administrator whose last sign-in is old (SES-6)', () => {
  it('waits for the password, whatever goes wrong before it is right, and one tab proves for all', async () => {
    const { context, page } = await visit('admin', 'people')
    const second = await context.newPage()
    await second.goto(`${app.page}#/people`)
    const askToLock = async (at: Page, name: string): Promise<void> => {
      // A tab in the background draws one frame a second
      await at.bringToFront()
      const row = at.getByRole('listitem').filter({ hasText: name })
      await row.getByRole('button', { name: 'Lock' }).click()
      await at.getByLabel('Reason').fill('a lost phone')
      await at.getByRole('button', { name: `Lock ${name}` }).click()
    }
    await page.getByRole('listitem').filter({ hasText: 'Sam Support' }).waitFor()
    await ageProofs()
    await askToLock(page, 'Sam Support')
    const dialog = page.getByRole('dialog', { name: 'Enter your password' })
    await dialog.waitFor()
    const password = dialog.getByLabel('Password', { exact: true })
    const goOn = dialog.getByRole('button', { name: 'Go on' })
    await goOn.click()
    await dialog.getByText('Enter your password.').waitFor()
    for (let tries = 0; tries < 3; tries++) {
      await password.fill('wrong password here')
      await goOn.click()
      await dialog.getByText('This password is not right').waitFor()
      expect(await password.evaluate((input) => input === document.activeElement)).toBe(true)
    }
    // Who gives up is back where they were, and nothing has happened
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('dialog').getByText('The last sign-in is too old').waitFor()
    expect(await page.getByLabel('Reason').inputValue()).toBe('a lost phone')

    await page.getByRole('button', { name: 'Lock Sam Support' }).click()
    await dialog.waitFor()
    await askToLock(second, 'Edda Editor')
    const other = second.getByRole('dialog', { name: 'Enter your password' })
    await other.getByLabel('Password', { exact: true }).fill(demoAccounts.admin[2])
    await other.getByRole('button', { name: 'Go on' }).click()
    await second.getByText(/Locked Edda Editor\. \d sessions? ended\./).waitFor()
    await page.bringToFront()
    await page.getByText(/Locked Sam Support\. \d sessions? ended\./).waitFor()
    await expectFocus(page, 'Unlock')
    // Now the proof is fresh
    for (const [at, name] of [
      [page, 'Sam Support'],
      [second, 'Edda Editor'],
    ] as const) {
      await at.bringToFront()
      const row = at.getByRole('listitem').filter({ hasText: name })
      await row.getByRole('button', { name: 'Unlock' }).click()
      await at.getByText(`Unlocked ${name}.`).waitFor()
    }
    await context.close()
  })
  it('ends with a sign-out in another tab, whose form nothing covers', async () => {
    const { context, page } = await visit('admin', 'people')
    await page.getByRole('listitem').filter({ hasText: 'Sam Support' }).waitFor()
    await ageProofs()
    const row = page.getByRole('listitem').filter({ hasText: 'Sam Support' })
    await row.getByRole('button', { name: 'Lock' }).click()
    await page.getByLabel('Reason').fill('a lost phone')
    await page.getByRole('button', { name: 'Lock Sam Support' }).click()
    await page.getByRole('dialog', { name: 'Enter your password' }).waitFor()
    const second = await context.newPage()
    await second.goto(app.page)
    await second.getByRole('button', { name: 'Sign out' }).click()
    await page.bringToFront()
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    await page.getByLabel('E-mail or user name').fill('usable')
    await context.close()
  })
})

describe('the page’s policy for scripts', () => {
  it('runs its own alone (operator part 4)', async () => {
    const { context, page } = await visit('admin')
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    for (const view of ['people', 'inside']) {
      await page.goto(`${app.page}#/${view}`)
      await page.reload()
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    }
    expect(told.filter((text) => text.includes('Content Security Policy'))).toEqual([])
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
      return 'ran' in window
    })
    expect(ran).toBe(false)
    await context.close()
  })
})
