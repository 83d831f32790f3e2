import { XSRF_COOKIE } from '@keyhaven/core/wire'
import { isLoopback } from '../is-loopback.ts'
import type { Listeners } from '../state/listeners.ts'
import type { Store } from '../state/store.ts'

/** The facts after a sign-in whose cookies the next call did not send. */
export interface MissingCookie {
  /** The address of the page. */
  readonly page: URL
  /** The URL by which the page reaches the service. */
  readonly service: URL
  /** The public URL that the service is configured for. */
  readonly issuer: URL
  /** False if the browser stores no cookies at all. */
  readonly takesCookies: boolean
  /** Whether scripts can read the XSRF cookie, which was set with the others. */
  readonly seesXsrfCookie: boolean
}

let reported = false

/**
 * Logs once in the console why cookies are missing, if the first call after a sign-in reached the service without
 * them (P2). For developers: bundlers leave it out of production builds.
 */
export function expectCookies(store: Store, { on }: Listeners, service: URL): void {
  const { view, askedAt: enteredAt } = store.known
  if (reported || view === undefined || typeof document === 'undefined') return
  const stops = [
    on('next', () => {
      // The service has answered a later call, and knew the person
      const { askedAt, question, state } = store.known
      if (askedAt !== enteredAt && !question && state.session) forget()
    }),
    on('signed-out', ({ reason }) => {
      forget()
      if (reason !== 'not_signed_in') return
      reported = true
      const cause = explainMissingCookie({
        page: new URL(location.href),
        service,
        issuer: new URL(String(view.claims.iss)),
        takesCookies: takesCookies(),
        seesXsrfCookie: document.cookie.includes(XSRF_COOKIE),
      })
      console.error(`Keyhaven: the sign-in succeeded, but the next call sent no cookie: ${cause}`)
    }),
  ]
  const forget = (): void => stops.forEach((stop) => stop())
}

/** Tries to set a cookie: Chromium's `navigator.cookieEnabled` is true even if the settings block all cookies. */
function takesCookies(): boolean {
  const name = 'keyhaven-probe'
  document.cookie = `${name}=1; Max-Age=5; SameSite=Strict`
  const isStored = document.cookie.includes(name)
  document.cookie = `${name}=; Max-Age=0; SameSite=Strict`
  return isStored
}

/** The cause that keeps the session's cookies from the service, with the remedy, as the end of a sentence. */
export function explainMissingCookie(facts: MissingCookie): string {
  const { page, service, issuer, takesCookies, seesXsrfCookie } = facts
  if (!takesCookies) return 'this browser blocks all cookies. Allow them for this site.'
  const secure = issuer.protocol === 'https:'
  if (secure && service.protocol === 'http:') {
    return `the service is configured for ${issuer.origin}, so its cookies are Secure, but this page reaches it at ${service.origin}. Open the page over https, or set KEYHAVEN_URL to the address that the browser shows.`
  }
  if (
    isLoopback(page.hostname) &&
    isLoopback(service.hostname) &&
    page.hostname !== service.hostname
  ) {
    const own = new URL(service)
    own.hostname = page.hostname
    return `the page is on ${page.hostname} and the service on ${service.hostname}: two names of this machine, but two sites to a browser. Use one name for both: createAuth({ url: '${own.href}' }) and the same in KEYHAVEN_URL, or open the page at ${service.hostname}.`
  }
  if (siteOf(page) !== siteOf(service)) {
    return `the page is on ${page.origin} and the service on ${service.origin}: another site, to which SameSite=Strict cookies are not sent. Put both on one site, or let the page's own server proxy ${service.pathname} and use createAuth({ url: '${service.pathname}' }). If neither is possible, use createBearerAuth of @keyhaven/client/native and list ${page.origin} in KEYHAVEN_BEARER_ORIGINS: scripts of the page can then read the tokens.`
  }
  if (seesXsrfCookie) {
    const others = isLoopback(service.hostname)
      ? ` Or another service on ${service.hostname} has replaced them: cookies are the same for every port. Give one of the two its own KEYHAVEN_COOKIE_NAME.`
      : ''
    return `the browser has the XSRF cookie, but the service did not receive the others. A proxy in between drops the Cookie request header or one of several Set-Cookie headers, or adds a Domain, which cookies named __Host- must not have. Let it pass both headers on unchanged.${others}`
  }
  if (service.host !== page.host) {
    return `the page is on ${page.host} and the service on ${service.host}. If the common part of the two names is a public suffix, such as fly.dev or up.railway.app, they are different sites, to which SameSite=Strict cookies are not sent: put both on one domain of your own, or let the page's own server proxy ${service.pathname}.`
  }
  return `no Set-Cookie header of ${service.href} reached the browser. A proxy drops it, or rewrites its Domain to another host. In Vite, use the plugin keyhaven() of @keyhaven/client/vite, or proxy '${service.pathname}' without cookieDomainRewrite, to the service itself.`
}

/** The scheme and the site of a URL: the last two labels of its host, or the whole host if it has fewer. */
function siteOf({ protocol, hostname }: URL): string {
  const isAddress = /^[\d.]+$|^\[/.test(hostname)
  return `${protocol}//${isAddress ? hostname : hostname.split('.').slice(-2).join('.')}`
}
