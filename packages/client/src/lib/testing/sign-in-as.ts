import type { TestCookie } from './cookies.ts'
import type { TestSessionOptions } from './options.ts'
import { testSession } from './test-session.ts'
import type { TestSession } from './test-session.ts'

/** What has the cookies of a browser: a `BrowserContext` of Playwright, or of Puppeteer. */
export type CookieContext =
  | { readonly addCookies: (cookies: TestCookie[]) => Promise<unknown> }
  | { readonly setCookie: (...cookies: TestCookie[]) => Promise<unknown> }

/** A page or a context of Playwright or Puppeteer. */
export type TestPage =
  | CookieContext
  | { readonly url: () => string; readonly context: () => CookieContext }
  | { readonly url: () => string; readonly browserContext: () => CookieContext }

/**
 * Signs a person in, in the browser of a test. Call it before or after the page is opened; an open page notices
 * at its next request, or when you reload it.
 * @throws Error with one sentence that names what to change.
 */
export async function signInAs(page: TestPage, options: TestSessionOptions): Promise<TestSession> {
  const context = contextOf(page)
  if ('url' in page) requireSameSite(page.url(), options.url)
  const session = await testSession(options)
  const cookies = [...session.cookies]
  if ('addCookies' in context) await context.addCookies(cookies)
  else await context.setCookie(...cookies)
  return session
}

function contextOf(page: TestPage): CookieContext {
  if (typeof page === 'object' && page !== null) {
    if ('browserContext' in page) return page.browserContext()
    if ('context' in page) return page.context()
    if ('addCookies' in page || 'setCookie' in page) return page
  }
  throw new TypeError(
    'signInAs: page must be a page or a browser context of Playwright or Puppeteer; without a browser call testSession.',
  )
}

/** Cookies belong to a host with all its ports, so another host would never get them. */
function requireSameSite(open: string, url: string): void {
  const [page, service] = [URL.parse(open), URL.parse(url)]
  if (page === null || service === null || !/^https?:$/.test(page.protocol)) return
  if (page.hostname === service.hostname && page.protocol === service.protocol) return
  throw new Error(
    `signInAs: the page is at ${page.origin}, which gets no cookies of ${service.origin}: use the same scheme and host for both; only the port may differ.`,
  )
}
