import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { proxyTo, serveSites } from '@keyhaven/stage/proxies/https-sites'
import type { HttpsSites, Site } from '@keyhaven/stage/proxies/https-sites'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'

const password = 'correct horse battery'
let service: RunningService
let sites: HttpsSites
let browser: Browser

/** Cookies that the hostile sibling tries to plant on the parent domain. */
const tossed = [
  '__Host-Http-keyhaven=evil; Domain=app.test; Path=/; Secure; HttpOnly',
  '__Secure-keyhaven=evil; Domain=app.test; Path=/; Secure; HttpOnly',
  'keyhaven=evil; Domain=app.test; Path=/',
  'keyhaven-session=evil; Domain=app.test; Path=/',
  '__Host-keyhaven=evil; Domain=app.test; Path=/; Secure',
  'XSRF-TOKEN=evil; Domain=app.test; Path=/',
]

const page =
  (cookies: readonly string[] = []): Site =>
  (_request, response) => {
    response.setHeader('set-cookie', [...cookies])
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>')
  }

beforeAll(async () => {
  service = await startService({
    url: 'https://app.test/auth',
    environment: { KEYHAVEN_EMAIL_VERIFICATION: 'off' },
  })
  const auth = proxyTo(service.address)
  const home = page()
  sites = await serveSites({
    'app.test': (request, response) =>
      (request.url?.startsWith('/auth') ? auth : home)(request, response),
    'sub.app.test': page(tossed),
    'evil.test': page(),
  })
  browser = await launchChromium(sites.flags)
})
afterAll(async () => {
  await browser?.close()
  sites?.close()
  await service?.close()
})

interface Answer {
  readonly status: number
  readonly body: {
    account?: { id: string }
    session?: { id: string }
    xsrfToken?: string
    code?: string
  }
}

/** A call from the page itself. */
function call(from: Page, path: string, method = 'GET', body?: object, xsrf = ''): Promise<Answer> {
  return from.evaluate(
    async ([to, how, what, token]) => {
      const response = await fetch(to, {
        method: how,
        headers: { 'content-type': 'application/json', ...(token && { 'x-xsrf-token': token }) },
        ...(what && { body: what }),
      })
      return { status: response.status, body: response.status === 204 ? {} : await response.json() }
    },
    [`/auth${path}`, method, body && JSON.stringify(body), xsrf] as const,
  ) as Promise<Answer>
}

let people = 0
async function signedUp(): Promise<{
  context: BrowserContext
  home: Page
  view: Answer['body']
  email: string
}> {
  const context = await browser.newContext()
  const home = await context.newPage()
  await home.goto('https://app.test/')
  const email = `person${++people}@example.com`
  const { status, body } = await call(home, '/accounts', 'POST', { email, password })
  expect(status).toBe(201)
  return { context, home, view: body, email }
}

describe('over https, in a real browser', () => {
  it('sets host-only cookies that script can neither read nor overwrite (K01, K10, K11)', async () => {
    const { context, home } = await signedUp()
    const cookies = await context.cookies()
    const ours = cookies.filter(({ name }) => name.startsWith('__Host-Http-keyhaven'))
    // Token, session and device
    expect(ours).toHaveLength(3)
    for (const cookie of ours) {
      expect(cookie).toMatchObject({
        httpOnly: true,
        secure: true,
        // The device's opens nothing
        sameSite: cookie.name.endsWith('-device') ? 'Lax' : 'Strict',
        path: '/',
        domain: 'app.test',
      })
    }
    const readable = await home.evaluate(() => {
      for (const name of [
        '__Host-Http-keyhaven',
        '__Host-Http-keyhaven-session',
        '__Host-Http-keyhaven-device',
        '__Host-keyhaven',
      ]) {
        document.cookie = `${name}=overwritten; Path=/; Secure`
      }
      return document.cookie
    })
    expect(readable).not.toContain('__Host-Http-')
    expect((await call(home, '/user/current')).status).toBe(200)
    await context.close()
  })

  it('survives cookies that a hostile sibling tosses: neither in, nor out, nor locked out (K02, K13)', async () => {
    const { context, home, view, email } = await signedUp()
    const sibling = await context.newPage()
    await sibling.goto('https://sub.app.test/')
    const planted = (await context.cookies('https://app.test/')).filter(
      ({ value }) => value === 'evil',
    )
    expect(planted.length).toBeGreaterThanOrEqual(3)
    const current = await call(home, '/user/current')
    expect(current).toMatchObject({ status: 200, body: { account: { id: view.account?.id } } })
    const left = await call(home, '/sessions/current', 'DELETE', undefined, view.xsrfToken)
    expect(left.status).toBe(204)
    expect((await call(home, '/user/current')).status).toBe(401)
    await sibling.goto('https://sub.app.test/')
    const again = await call(home, '/sessions', 'POST', { login: email, password })
    expect(again.status).toBe(201)
    expect((await call(home, '/user/current')).status).toBe(200)
    await context.close()
  })

  it.each(['https://evil.test/', 'https://sub.app.test/'])(
    'changes nothing on whatever %s sends (X04, X07, X11, X18, X19, BFF-5)',
    async (hostile) => {
      const { context, home, view } = await signedUp()
      const attacker = { email: `attacker${++people}@example.com`, password }
      await service.command(['accounts', 'create', '--email', attacker.email], password)
      const evil = await context.newPage()
      await evil.goto(hostile)

      // By fetch, in every mode that needs no consent, and by those that ask for it
      const statuses = await evil.evaluate(async () => {
        const seen: string[] = []
        const targets = [
          ['POST', '/auth/sessions/current/renew'],
          ['DELETE', '/auth/sessions/current'],
          ['DELETE', '/auth/sessions?include=current'],
          ['PATCH', '/auth/accounts/x'],
          ['POST', '/auth/keys'],
          ['POST', '/auth/sessions'],
        ] as const
        for (const [method, path] of targets) {
          for (const mode of ['no-cors', 'cors'] as const) {
            for (const type of ['text/plain', 'application/json']) {
              try {
                const response = await fetch(`https://app.test${path}`, {
                  method,
                  mode,
                  credentials: 'include',
                  headers: { 'content-type': type },
                  ...(method === 'POST' && { body: '{}' }),
                })
                seen.push(`${method} ${path} ${response.type} ${response.status}`)
              } catch {
                seen.push('blocked')
              }
            }
          }
        }
        for (const tag of ['img', 'iframe', 'script']) {
          const element = document.createElement(tag) as HTMLImageElement
          element.src = 'https://app.test/auth/sessions/current'
          document.body.append(element)
        }
        const sandboxed = document.createElement('iframe')
        sandboxed.setAttribute('sandbox', 'allow-scripts allow-forms')
        sandboxed.srcdoc =
          '<form method=post action=https://app.test/auth/sessions/current/renew></form><script>document.forms[0].submit()</script>'
        document.body.append(sandboxed)
        return seen
      })
      // Nothing that could be read came back
      expect(statuses.filter((one) => !/blocked|opaque 0/.test(one))).toEqual([])

      // By a form that takes the whole window there: sign-out, and a sign-in as the attacker
      const login = JSON.stringify({ login: attacker.email, password }).slice(0, -1)
      for (const [path, field] of [
        ['/auth/sessions/current/renew', '{}'],
        ['/auth/sessions', `${login},"x":"`],
      ] as const) {
        const trap = await context.newPage()
        await trap.goto(hostile)
        const answer = trap.waitForResponse(
          (response) => response.url() === `https://app.test${path}`,
        )
        await trap.evaluate(
          ([to, name]) => {
            const form = document.createElement('form')
            form.method = 'post'
            form.enctype = 'text/plain'
            form.action = `https://app.test${to}`
            const input = document.createElement('input')
            input.name = name
            input.value = '"}'
            form.append(input)
            document.body.append(form)
            form.submit()
          },
          [path, field] as const,
        )
        expect([401, 403]).toContain((await answer).status())
      }

      const after = await call(home, '/user/current')
      expect(after).toMatchObject({
        status: 200,
        body: { account: { id: view.account?.id }, session: { id: view.session?.id } },
      })
      const sessions = await call(home, '/sessions')
      expect((sessions.body as { items?: object[] }).items).toHaveLength(1)
      await context.close()
    },
  )

  it('can’t be framed, and answers in no other context than its own (X23, X25, AS-8)', async () => {
    const { context, home } = await signedUp()
    const headers = await home.evaluate(async () => {
      const response = await fetch('/auth/user/current')
      return Object.fromEntries(response.headers)
    })
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['content-type']).toMatch(/^application\/json(;|$)/)
    expect(headers['cache-control']).toBe('no-store')
    await context.close()
  })
})
