import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { makeAccounts, signInAs } from '@keyhaven/stage/processes/demo-accounts'
import { startNotesApp } from '@keyhaven/stage/processes/notes-app'
import type { NotesApp } from '@keyhaven/stage/processes/notes-app'

let app: NotesApp
let browser: Browser

beforeAll(async () => {
  app = await startNotesApp({ isDeveloped: true })
  browser = await launchChromium(['--host-resolver-rules=MAP evil.test 127.0.0.1'])
  await makeAccounts(app, ['admin', 'editor'])
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

/** A context that keeps every body that the page was given. */
async function visitor(): Promise<{ context: BrowserContext; page: Page; seen: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const seen: string[] = []
  page.on('console', (message) => seen.push(message.text()))
  page.on('response', (response) => {
    if (!/\/(auth|api)\//.test(response.url())) return
    response.text().then(
      (text) => seen.push(text),
      () => seen.push(''),
    )
  })
  return { context, page, seen }
}

async function newcomer(page: Page, email: string): Promise<void> {
  await page.goto(app.page)
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Name (optional)').fill('Mira')
  await page.getByLabel('E-mail', { exact: true }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('heading', { name: 'Hello, Mira' }).waitFor()
}

/** Access tokens and session cookies of a browser: what nobody else may ever hold. */
async function secretsOf(context: BrowserContext): Promise<string[]> {
  const cookies = (await context.cookies()).filter(({ httpOnly }) => httpOnly)
  return cookies.flatMap(({ value }) => [value, ...(value.split('.').slice(2) ?? [])])
}

describe('the notes app', () => {
  it('takes a person from sign-up to sign-out', async () => {
    const { context, page, seen } = await visitor()
    await page.goto(app.page)
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    await newcomer(page, 'mira@example.com')
    await page.getByLabel('New note').fill('Buy lanterns')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByText('Buy lanterns').waitFor()

    // Reload: still in, and no frame of the signed-out face
    await page.addInitScript(() => {
      Object.assign(globalThis, { wrongFaces: 0 })
      new MutationObserver(() => {
        if (document.body?.textContent?.includes('Sign in to Notes')) {
          Object.assign(globalThis, { wrongFaces: 1 })
        }
      }).observe(document, { childList: true, subtree: true, characterData: true })
    })
    await page.reload()
    await page.getByText('Buy lanterns').waitFor()
    expect(await page.evaluate(() => (globalThis as { wrongFaces?: number }).wrongFaces)).toBe(0)

    // A view that needs a scope which an editor lacks is not offered, and not shown
    expect(await page.getByRole('link', { name: 'All notes' }).count()).toBe(0)
    await page.goto(`${app.page}#/admin`)
    await page.getByRole('heading', { name: 'This view is not for you' }).waitFor()
    const refused = await page.evaluate(async () => (await fetch('/api/admin/notes')).status)
    expect(refused).toBe(403)

    await page.getByRole('link', { name: 'What JavaScript can see' }).click()
    await page.getByRole('heading', { name: 'Claims of the session' }).waitFor()

    // Nothing that script, answers or logs hold is a credential
    const secrets = await secretsOf(context)
    expect(secrets.length).toBeGreaterThanOrEqual(3)
    const readable = await page.evaluate(() =>
      JSON.stringify([
        document.cookie,
        Object.entries(localStorage),
        Object.entries(sessionStorage),
        document.documentElement.outerHTML,
      ]),
    )
    for (const secret of secrets) {
      expect(readable).not.toContain(secret)
      expect(seen.join('\n')).not.toContain(secret)
      expect(app.output()).not.toContain(secret)
    }
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)

    // Sign-out, and the way back
    await page.getByRole('navigation').getByRole('link', { name: 'Notes', exact: true }).click()
    await page.getByText('Buy lanterns').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    const after = await page.evaluate(() => document.body.textContent ?? '')
    expect(after).not.toContain('Buy lanterns')
    expect(after).not.toContain('Mira')
    await context.close()
  })

  it('refuses every credential of a session after its sign-out, as cookie and as bearer (S07)', async () => {
    const { context, page } = await visitor()
    await newcomer(page, 'sam@example.com')
    const cookies = (await context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const token = (await context.cookies()).find(({ name }) => name === 'keyhaven')?.value ?? ''
    // The page shows it at once: it is done when the service has answered
    const answered = page.waitForResponse((one) => one.request().method() === 'DELETE')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await answered
    await page.getByRole('heading', { name: 'Sign in to Notes' }).waitFor()
    for (const headers of [{ cookie: cookies }, { authorization: `Bearer ${token}` }]) {
      const answer = await fetch(`${app.service.address}/user/current`, { headers })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ code: 'session_ended' })
    }
    await context.close()
  })

  it('shows an administrator what an editor may not see', async () => {
    const { context, page } = await visitor()
    await page.goto(`${app.page}#/admin`)
    await signInAs(page, 'admin')
    await page.getByRole('heading', { name: 'All notes' }).waitFor()
    await page.getByText('Buy lanterns').waitFor()
    // By name: ids are for machines
    await page.getByRole('main').getByText('Mira').first().waitFor()
    await context.close()
  })

  it('changes nothing on a form that another site sends (CSRF-1, X04)', async () => {
    const { context, page } = await visitor()
    await newcomer(page, 'eve@example.com')
    const targets = ['auth/sessions/current/renew', 'auth/sessions', 'api/notes']
    const evil = await serveForms(targets)
    const { port } = evil.address() as AddressInfo
    for (const target of targets) {
      const answer = page.waitForResponse((response) => response.url() === app.page + target)
      await page.goto(`http://evil.test:${port}/${target}`)
      expect([401, 403]).toContain((await answer).status())
    }
    await page.goto(app.page)
    await page.getByRole('heading', { name: 'Hello, Mira' }).waitFor()
    await page.getByText('No notes yet').waitFor()
    evil.close()
    await context.close()
  })
})

/** A hostile site: each page posts a form to one address of ours as soon as it opens. */
async function serveForms(targets: readonly string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const target = targets.find((one) => request.url === `/${one}`)
    response.setHeader('content-type', 'text/html')
    response.end(
      `<form method="post" enctype="text/plain" action="${app.page}${target}"><input name='{"text":"forged","a":"' value='"}'></form><script>document.forms[0].submit()</script>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
