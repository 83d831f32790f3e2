import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GuardedPage } from './pages/guarded.ts'
import { launchWithPageCache } from '@keyhaven/stage/browser/chromium'
import { endSession } from '@keyhaven/stage/browser/end-session'
import { startPageSite } from '@keyhaven/stage/browser/page-site'
import type { PageSite } from '@keyhaven/stage/browser/page-site'

declare const page: GuardedPage & { readonly returned?: true }

const password = 'correct horse battery'
let site: PageSite
let browser: Browser
let people = 0
/** Requests for these paths wait until the test lets them go. */
const gates = new Map<string, PromiseWithResolvers<void>>()
const openGates = (): void => {
  for (const { resolve } of gates.values()) resolve()
  gates.clear()
}

beforeAll(async () => {
  const hold = ({ url = '' }: { url?: string | undefined }): Promise<void> | undefined =>
    gates.get(url)?.promise
  site = await startPageSite({ script: 'guarded.ts', hold })
  browser = await launchWithPageCache()
})
afterAll(async () => {
  await browser?.close()
  await site?.close()
})

afterEach(openGates)

function hold(path: string): () => void {
  gates.set(path, Promise.withResolvers())
  return openGates
}

/** The private view of somebody who has just signed up. */
async function visit(router: string) {
  const context = await browser.newContext()
  await context.addCookies([{ name: 'router', value: router, url: site.origin }])
  const tab = await context.newPage()
  await tab.goto(site.origin)
  await shows(tab, 'please sign in')
  const email = await newcomer(tab)
  await tab.evaluate(() => page.enter())
  await shows(tab, `notes of ${email}`)
  return { context, tab, email }
}

async function newcomer(tab: Page): Promise<string> {
  const email = `person${++people}@example.com`
  const signedUp = tab.evaluate((input) => page.auth.signUp(input), { email, password })
  // A page that shows the former person's view is loaded anew, maybe before its result is read
  const result = await signedUp.catch((error: Error) => {
    if (!error.message.includes('context was destroyed')) throw error
    return { ok: true }
  })
  expect(result).toMatchObject({ ok: true })
  return email
}

/** Waits until a person who looks at the page can read it. */
function shows(tab: Page, words: string): Promise<unknown> {
  return tab.waitForFunction((wanted) => document.body.innerText.includes(wanted), words)
}

/** Waits until a person who looks at the page can't read it, though what it waits for has not come. */
function hides(tab: Page, words: string): Promise<unknown> {
  return tab.waitForFunction((wanted) => !document.body.innerText.includes(wanted), words)
}

describe.each(['react', 'tanstack'])('what a route guard of the %s router let load', (router) => {
  it('is never shown to the next person, though the router keeps it (operator 5)', async () => {
    const { context, tab, email } = await visit(router)
    await tab.evaluate(() => page.auth.signOut())
    await shows(tab, 'please sign in')
    const next = await newcomer(tab)
    const release = hold('/api/notes')
    await tab.evaluate(() => page.enter())
    for (let looks = 0; looks < 10; looks++) {
      // The page may be loaded anew just now
      const seen = await tab.evaluate(() => document.body.innerText).catch(() => '')
      expect(seen).not.toContain(email)
      await tab.waitForTimeout(50)
    }
    release()
    await shows(tab, `notes of ${next}`)
    await context.close()
  })
  it('disappears when another person signs in in another tab, before theirs is loaded (operator 5)', async () => {
    const { context, tab, email } = await visit(router)
    const other = await context.newPage()
    await other.goto(site.origin)
    await shows(other, email)
    const release = hold('/api/notes')
    const next = await newcomer(other)
    await hides(tab, email)
    release()
    await shows(tab, `notes of ${next}`)
    await context.close()
  })
})

describe('what a route guard let load', () => {
  it.each([
    ['the service has not answered', false],
    ['the service can’t be reached', true],
  ])('is not shown on a page out of the browser’s cache while %s (P28)', async (_what, isCut) => {
    const { context, tab, email } = await visit('react')
    await tab.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => {
        if (persisted) Object.assign(page, { returned: true })
      })
    })
    await tab.goto(`${site.origin}/api/health`)
    await endSession(context, site.origin)
    const release = hold('/auth/user/current')
    if (isCut) await context.setOffline(true)
    await tab.evaluate(() => setTimeout(() => history.back()))
    if (!isCut) await tab.waitForFunction(() => 'page' in globalThis && page.returned)
    await hides(tab, email)
    await context.setOffline(false)
    release()
    if (!isCut) await shows(tab, 'please sign in')
    await context.close()
  })
})
