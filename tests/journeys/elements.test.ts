import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, launchWithoutCookies } from '@keyhaven/stage/browser/chromium'
import { formMarkup } from '@keyhaven/client/elements'
import { expectFits } from '@keyhaven/stage/browser/look'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'
import { password } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import type { ElementsPage } from './pages/elements.ts'

declare const page: ElementsPage

let site: PageSite
let browser: Browser
let count = 0

beforeAll(async () => {
  site = await startPageSite({ script: 'elements.ts' })
  browser = await launchChromium(['--host-resolver-rules=MAP app.example 127.0.0.1'])
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

/** A page of a browser of its own, which fails the test if its scripts throw. */
async function newTab(context?: BrowserContext): Promise<{ tab: Page; thrown: string[] }> {
  const tab = await (context ?? (await browser.newContext())).newPage()
  const thrown: string[] = []
  tab.on('pageerror', (error) => thrown.push(error.message))
  return { tab, thrown }
}

/** Opens an element, and waits for its form. */
async function open(
  search = '',
  context?: BrowserContext,
): Promise<{ tab: Page; thrown: string[] }> {
  const opened = await newTab(context)
  await opened.tab.goto(`${site.origin}/?${search}`)
  await title(opened.tab, '')
  return opened
}

const title = (tab: Page, name: string): Promise<void> =>
  tab.locator('.kh-title').filter({ hasText: name }).first().waitFor()

const press = (tab: Page, name: string): Promise<void> =>
  tab.getByRole('button', { name, exact: true }).click()

async function fill(tab: Page, email: string, secret = password): Promise<void> {
  await tab.getByLabel(/^E-mail/).fill(email)
  await tab.getByLabel('Password', { exact: true }).fill(secret)
}

/** Signs up a person in this browser, and out again. */
async function newAccount(tab: Page): Promise<string> {
  const email = `person${(count += 1)}@example.com`
  const outcome = await tab.evaluate(
    async (input) => {
      const auth = page.createAuth()
      const [up, out] = [await auth.signUp(input), await auth.signOut()]
      return [up.ok, out.ok]
    },
    { email, password },
  )
  expect(outcome).toEqual([true, true])
  return email
}

/** How often a call of this line has reached the service since. */
const sent = (line: string, from: number): number =>
  site.seen.slice(from).filter((one) => one.line === line).length

describe('an element, whatever its page is like', () => {
  it.concurrent('has roles and names for screen readers, and announces what is wrong', async () => {
    const { tab, thrown } = await open()
    expect(await tab.locator('keyhaven-sign-in').ariaSnapshot()).toBe(
      `
- heading "Sign in" [level=1]
- text: E-mail or user name
- textbox "E-mail or user name"
- text: Password
- textbox "Password"
- button "Show password": Show
- checkbox "Stay signed in when the browser closes"
- text: Stay signed in when the browser closes
- alert
- button "Sign in"
- status
- alert
- button "Sign in with a passkey"
- status
- paragraph:
  - link "Forgot your password?":
    - /url: /auth/pages/forgot
- paragraph:
  - text: No account yet?
  - link "Sign up":
    - /url: /auth/pages/sign-up
`.trim(),
    )
    await press(tab, 'Sign in')
    const login = tab.getByLabel('E-mail or user name')
    expect(await login.getAttribute('aria-invalid')).toBe('true')
    expect(await login.evaluate((field) => document.activeElement === field)).toBe(true)
    const described = (await login.getAttribute('aria-describedby')) ?? ''
    expect(await tab.locator(`#${described}`).textContent()).toBe('Enter your e-mail or user name.')
    // The place for a refusal is there before it, or it would not be announced
    const alert = await tab.getByRole('alert').first().elementHandle()
    await fill(tab, 'unknown@example.com')
    await tab.keyboard.press('Enter')
    await until('the refusal is shown', async () => (await alert?.textContent()) !== '')
    await tab.getByRole('link', { name: 'Sign up' }).click()
    await title(tab, 'Sign up')
    const heading = tab.getByRole('heading', { name: 'Sign up' })
    expect(await heading.evaluate((one) => document.activeElement === one)).toBe(true)
    expect(await tab.locator('form').ariaSnapshot()).toBe(
      `
- text: Name (optional)
- textbox "Name (optional)"
- text: E-mail
- textbox "E-mail": unknown@example.com
- text: Password
- textbox "Password"
- button "Show password": Show
- list:
  - listitem: ○ 8 characters or more
  - listitem: ○ Not your e-mail
- alert
- button "Sign up"
- status
`.trim(),
    )
    const field = tab.getByLabel('Password', { exact: true })
    expect(await field.getAttribute('autocomplete')).toBe('new-password')
    const rules = (await field.getAttribute('aria-describedby')) ?? ''
    expect(await tab.locator(`#${rules}`).ariaSnapshot()).toContain('8 characters or more')
    expect(thrown).toEqual([])
  })

  it.concurrent('gives its fields to a password manager, and sends what that has filled in', async () => {
    const { tab } = await open()
    const email = await newAccount(tab)
    await title(tab, 'Sign in')
    const found = await tab.evaluate(
      ([login, secret]) => {
        const form = [...document.forms].find((one) => one.querySelector('[type=password]'))
        const inputs = [...(form?.querySelectorAll('input') ?? [])]
        const put = (input: HTMLInputElement | undefined, value = ''): void => {
          if (!input) return
          // As extensions do, which don't type
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(
            input,
            value,
          )
          for (const name of ['input', 'change'])
            input.dispatchEvent(new Event(name, { bubbles: true }))
        }
        put(
          inputs.find(({ autocomplete }) => autocomplete.startsWith('username')),
          login,
        )
        put(
          inputs.find(({ autocomplete }) => autocomplete === 'current-password'),
          secret,
        )
        return inputs.map(({ type, name, autocomplete, labels }) =>
          [type, name, autocomplete, labels?.[0]?.textContent ?? ''].join('|'),
        )
      },
      [email, password],
    )
    expect(found).toEqual([
      'text|login|username webauthn|E-mail or user name',
      'password|password|current-password|Password',
      'checkbox|remember||Stay signed in when the browser closes',
    ])
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
  })

  it.concurrent('sends once what is submitted twice, and shows its spinner after 300 ms', async () => {
    const { tab } = await open()
    const email = await newAccount(tab)
    await title(tab, 'Sign in')
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    let calls = 0
    await tab.route('**/auth/sessions', async (route) => {
      calls += 1
      await held
      await route.continue()
    })
    await fill(tab, email)
    await tab.keyboard.press('Enter')
    await tab.keyboard.press('Enter')
    await tab.getByRole('button', { name: /Sign/ }).first().click()
    const spinner = await tab.evaluate(() => {
      const doing = document.querySelector<HTMLElement>('[aria-busy=true] .kh-doing')
      const late = doing?.getAnimations()[0]
      return [299, 301].map((time) => {
        if (!doing || !late) return 'none'
        late.pause()
        late.currentTime = time
        return getComputedStyle(doing).visibility
      })
    })
    expect(spinner).toEqual(['hidden', 'visible'])
    release()
    await title(tab, 'You are signed in')
    expect(calls).toBe(1)
  })

  it.concurrent('moves nothing, from its first picture to an error and to its end', async () => {
    const { tab } = await newTab()
    await tab.addInitScript(() => {
      const shifts: unknown[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        shifts.push(...list.getEntries().map((one) => (one as unknown as { value: number }).value))
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await tab.goto(site.origin)
    await title(tab, 'Sign in')
    await press(tab, 'Sign in')
    await tab.getByText('Enter your password.').waitFor()
    await fill(tab, 'unknown@example.com')
    await press(tab, 'Sign in')
    await tab.locator('.kh-problem:not(:empty)').waitFor()
    await tab.goto(`${site.origin}/?element=sign-up`)
    await title(tab, 'Sign up')
    await fill(tab, `person${(count += 1)}@example.com`)
    await press(tab, 'Sign up')
    await title(tab, 'You are signed in')
    const shifts = await tab.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)
    expect(shifts.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.02)
  })

  it.concurrent('lives with a second version of the package, with moves, and with a second of its kind', async () => {
    const { tab, thrown } = await open()
    const email = await newAccount(tab)
    await title(tab, 'Sign in')
    await fill(tab, email)
    await tab.evaluate(() =>
      Object.assign(globalThis, { first: customElements.get('keyhaven-sign-in') }),
    )
    // Another copy of each module
    await tab.route('**/second/*', async (route) => {
      const url = route.request().url().replace('/second', '')
      await route.fulfill({ response: await route.fetch({ url }) })
    })
    await tab.addScriptTag({ type: 'module', url: '/second/page.js' })
    const isSame = await tab.evaluate(() => {
      const { first } = globalThis as unknown as { first: unknown }
      // A move keeps what was typed
      const element = document.querySelector('keyhaven-sign-in')
      if (element) document.body.append(element)
      return customElements.get('keyhaven-sign-in') === first
    })
    expect(isSame).toBe(true)
    const forms = tab.locator('[data-kh-form=sign-in]')
    await until('both forms are there', async () => (await forms.count()) === 2)
    const ids = await tab.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    const moved = tab.locator('body > keyhaven-sign-in')
    expect(await moved.getByLabel('Password', { exact: true }).inputValue()).toBe(password)
    // Its element is removed while the call runs, and both learn who is signed in
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    let isHeld = false
    await tab.route('**/auth/sessions', async (route) => {
      isHeld = true
      await held
      await route.continue()
    })
    await moved.getByRole('button', { name: 'Sign in', exact: true }).click()
    await until('the call runs', () => Promise.resolve(isHeld))
    const kept = await moved.evaluateHandle((element) => {
      element.remove()
      return element
    })
    release()
    await title(tab, 'You are signed in')
    expect(await tab.evaluate(() => page.events.some(({ name }) => name === 'signed-in'))).toBe(
      true,
    )
    await kept.evaluate((element) => document.body.append(element))
    await moved.getByRole('heading', { name: 'You are signed in' }).waitFor()
    await moved.evaluate((element) => {
      // Several times in one task
      for (let n = 0; n < 5; n++) {
        element.remove()
        document.body.prepend(element)
      }
    })
    await moved.getByRole('button', { name: 'Sign out' }).click()
    await until('both show the form', async () => (await forms.count()) === 2)
    expect(thrown).toEqual([])
  })

  it.concurrent('takes properties that were set before its definition', async () => {
    const { tab, thrown } = await newTab()
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    await tab.route('**/page.js', async (route) => {
      await held
      await route.continue()
    })
    await tab.goto(site.origin, { waitUntil: 'commit' })
    await tab.locator('body').waitFor({ state: 'attached' })
    await tab.evaluate(() => {
      const element = document.createElement('keyhaven-sign-in')
      const words = { entry: { signedIn: { title: 'Welcome back' } } }
      const account = { id: 'acc_1', email: 'ada@own.example' }
      const auth = { state: { status: 'signed-in', account }, subscribe: () => () => {} }
      Object.assign(element, { words, auth })
      document.body.append(element)
    })
    release()
    await title(tab, 'Welcome back')
    await tab.getByText('ada@own.example').waitFor()
    // The other element has the page's store, and our words
    await title(tab, 'Sign in')
    expect(thrown).toEqual([])
  })

  it.concurrent('keeps the form that a server has printed, and what was typed into it', async () => {
    const { tab, thrown } = await newTab()
    const printed = [
      await formMarkup('sign-in', { id: 'first', words: { kit: { password: 'Pass <phrase>' } } }),
      await formMarkup('sign-in', { lang: 'de' }),
      await formMarkup('forgot'),
    ]
    const html = printed
      .map(
        (one, at) =>
          `<keyhaven-${at < 2 ? 'sign-in' : 'forgot'}>${one}</keyhaven-${at < 2 ? 'sign-in' : 'forgot'}>`,
      )
      .join('')
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    await tab.route('**/page.js', async (route) => {
      await held
      await route.continue()
    })
    await tab.goto(`${site.origin}/?element=signed-out`, { waitUntil: 'commit' })
    await tab.locator('body').waitFor({ state: 'attached' })
    await tab.evaluate((text) => document.body.insertAdjacentHTML('beforeend', text), html)
    const first = tab.locator('keyhaven-sign-in').first()
    const login = first.getByLabel('E-mail or user name')
    const field = await login.elementHandle()
    await first.getByLabel('Pass <phrase>', { exact: true }).fill('wrong')
    await login.fill('ada@example.com')
    const where = await login.boundingBox()
    // Nothing is sent yet: the browser would post the password to the page
    await tab.keyboard.press('Enter')
    release()
    await title(tab, 'You are signed out')
    await until('all forms are adopted', () =>
      tab.evaluate(() => page.events.filter(({ name }) => name === 'view').length === 4),
    )
    expect(await field?.evaluate((one) => one.isConnected && document.activeElement === one)).toBe(
      true,
    )
    expect(await login.inputValue()).toBe('ada@example.com')
    expect(await login.boundingBox()).toEqual(where)
    const ids = await tab.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    await tab.keyboard.press('Enter')
    await first.locator('.kh-problem:not(:empty)').first().waitFor()
    await tab.getByRole('button', { name: 'Send mail' }).click()
    await tab.getByText('Enter your e-mail address.', { exact: true }).waitFor()
    expect(thrown).toEqual([])
  })

  it.concurrent('shows what is missing if no service answers, and a developer what to change', async () => {
    const [local, remote] = [await newTab(), await newTab()]
    const lines: string[] = []
    local.tab.on('console', (message) => lines.push(message.text()))
    const portal = (route: Route): Promise<void> =>
      route.fulfill({ status: 200, contentType: 'text/html', body: '<html>Accept our terms' })
    // A captive portal, or a proxy that sends the page itself
    await local.tab.route('**/auth/**', portal)
    await local.tab.goto(site.origin)
    await local.tab
      .getByText('No Keyhaven service answers at /auth. Start it, proxy')
      .first()
      .waitFor()
    expect(lines.filter((line) => line.includes('<keyhaven-sign-in>'))).toHaveLength(1)
    await fill(local.tab, 'ada@example.com')
    expect(await local.tab.locator('.kh-problem').first().textContent()).toBe('')
    await press(local.tab, 'Sign in')
    await local.tab.locator('.kh-problem:not(:empty)').waitFor()
    expect(await local.tab.content()).not.toContain('Accept our terms')
    // It answers again
    await local.tab.unroute('**/auth/**')
    await fill(local.tab, await newAccount(local.tab))
    await press(local.tab, 'Sign in')
    await title(local.tab, 'You are signed in')
    // The same on a host of its own, as users see it
    await remote.tab.route('**/auth/**', (route) => route.abort())
    await remote.tab.goto(site.origin.replace('localhost', 'app.example'))
    await remote.tab.getByText('No connection to the service.').first().waitFor()
    expect(await remote.tab.locator('body').textContent()).not.toContain('Keyhaven')
    expect([...local.thrown, ...remote.thrown]).toEqual([])
  })

  it.concurrent('shows that its scripts are missing, as behind a stale service worker', async () => {
    const { tab } = await newTab()
    let isStale = true
    const html = { status: 200, contentType: 'text/html', body: '<html>' }
    await tab.route(/\/(run|sign-up|forgot)-\w+\.js/, (route) =>
      isStale || !route.request().url().includes('/run-') ? route.fulfill(html) : route.continue(),
    )
    await tab.goto(`${site.origin}/?lang=de`)
    await tab.getByRole('alert').getByText('Laden Sie die Seite neu.').waitFor()
    isStale = false
    await tab.goto(site.origin)
    await title(tab, 'Sign in')
    await tab.getByRole('link', { name: 'Sign up' }).click()
    await tab.getByText('This form could not be loaded. Reload the page.').waitFor()
    // The form that is there still works
    await press(tab, 'Sign in')
    await tab.getByText('Enter your password.').waitFor()
  })

  it.concurrent('signs in on a device whose clock is hours off', async () => {
    const context = await browser.newContext()
    await context.addInitScript(() => {
      const { now } = Date
      Date.now = () => now() + 7 * 3_600_000
    })
    const { tab, thrown } = await open('', context)
    const email = await newAccount(tab)
    await title(tab, 'Sign in')
    await fill(tab, email)
    const from = site.seen.length
    await press(tab, 'Sign in')
    await title(tab, 'You are signed in')
    expect(sent('POST /auth/sessions', from)).toBeGreaterThan(0)
    await tab.reload()
    await title(tab, 'You are signed in')
    expect(thrown).toEqual([])
  })

  it.concurrent('fits with texts ten times as long, from right to left', async () => {
    const { tab } = await open('dir=rtl')
    await tab.evaluate(() => {
      page.setWords({ entry: { signUp: { title: 'Create an account '.repeat(10) } } })
      document.querySelector('main > *')?.replaceWith(document.createElement('keyhaven-sign-up'))
    })
    await title(tab, 'Create an account Create an account')
    await tab.locator('button[type=submit]').click()
    await tab.evaluate(() => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      while (texts.nextNode()) {
        const text = texts.currentNode as Text
        if (!text.data.startsWith('Create')) text.data = `${text.data} `.repeat(10)
      }
    })
    await expectFits(tab, 'sign-up with long texts')
    const [show, field] = await Promise.all(
      ['.kh-inside', '.kh-with > input'].map((place) => tab.locator(place).boundingBox()),
    )
    expect((show?.x ?? 0) - (field?.x ?? 0)).toBeLessThan(8)
  })

  it('shows its form again in a browser that blocks cookies and storage', async () => {
    const context = await launchWithoutCookies()
    try {
      const { tab, thrown } = await open('element=sign-up', context)
      await fill(tab, `person${(count += 1)}@example.com`)
      await press(tab, 'Sign up')
      await until('its person was signed in', () =>
        tab.evaluate(() => page.events.some(({ name }) => name === 'signed-in')),
      )
      expect(thrown).toEqual([])
    } finally {
      await context.close()
    }
  })
})
