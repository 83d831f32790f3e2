import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiServer, pageServer } from '../../tools/examples/page-server.ts'
import type { ExampleProcess } from '../../tools/examples/page-server.ts'
import { exampleNames, prepareExamples, workspace } from '../../tools/examples/workspace.ts'
import { doses } from '../doses.ts'
import { launchChromium, screenshot } from '@keyhaven/stage/browser/chromium'
import { password } from '@keyhaven/stage/http/person'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { answers, freePort, until } from '@keyhaven/stage/processes/process'

/** Those whose first paint a server draws. */
const drawn = ['next', 'svelte']

const children: ChildProcess[] = []
const pages = new Map<string, string>()
let browser: Browser
let apiPort = 0
let printed = ''

/** Starts a process and what it starts, which end together. */
function start({ command: [program = '', ...args], folder, environment }: ExampleProcess): void {
  const env = { ...cleanEnvironment(), ...environment }
  const child = spawn(program, args, { cwd: folder, env, detached: true })
  const keep = (piece: Buffer): void => void (printed += piece.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  children.push(child)
}

beforeAll(async () => {
  await prepareExamples(exampleNames, (line) => process.stdout.write(`examples: ${line}\n`))
  apiPort = await freePort()
  start(apiServer(apiPort))
  for (const name of exampleNames) {
    const page = await freePort()
    pages.set(name, `http://localhost:${page}`)
    start(pageServer(name, { page, api: apiPort }))
  }
  browser = await launchChromium()
  for (const address of [`http://localhost:${apiPort}/auth/health/ready`, ...pages.values()])
    await until(`${address} answers`, () => answers(address), 120).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${printed}`)
    })
}, 900_000)
afterAll(async () => {
  await browser?.close()
  for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  rmSync(join(workspace, 'api', `keyhaven-data-${apiPort}`), { recursive: true, force: true })
})

/** What the console reports as an error, apart from the 401 of a visitor. */
function errorsOf(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    const isUsual = message.text().includes('status of 401')
    if (message.type() === 'error' && !isUsual) errors.push(message.text())
  })
  return errors
}

describe.each(exampleNames)('the example of %s, from packed packages', (name) => {
  let context: BrowserContext
  let page: Page
  let errors: string[]
  const address = (): string => pages.get(name) ?? ''
  const title = (text: string): Promise<void> =>
    page.getByRole('heading', { name: text, exact: true }).waitFor()

  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    // A development server loads the page anew once it has found what it imports
    await page.goto(address(), { waitUntil: 'networkidle', timeout: 90_000 })
    errors = errorsOf(page)
  })
  afterAll(() => context?.close())

  it('shows its faces, keeps notes, and hides them with the person who signs out (R71, P18)', async () => {
    const email = `${name}@example.com`
    // A private route leads to the sign-in
    await page.goto(`${address()}/account${name === 'html' ? '.html' : ''}`)
    await title('Sign in')
    await page.goto(address())
    await title('Sign in')
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByLabel('E-mail', { exact: true }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await title('Your notes')
    await page.getByLabel('New note').fill('Buy bread')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByText('Buy bread').waitFor()
    // A script reads no token and no session
    await page.reload()
    await page.getByText('Buy bread').waitFor()
    await page.getByText('cookies: XSRF-TOKEN; storage: empty').waitFor()
    const accent = await page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--kh-accent'),
    )
    expect(accent).not.toBe('')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await screenshot(page, `example-${name}-${width}`)
      const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(scrolled).toBeLessThanOrEqual(width)
    }
    await page.getByRole('link', { name: 'Account' }).click()
    await title('Your account')
    await page.getByRole('link', { name: 'Notes' }).click()
    await page.getByText('Buy bread').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Buy bread').waitFor({ state: 'detached' })
    await page.getByLabel('New note').fill('A secret')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByText('A secret').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('A secret').waitFor({ state: 'detached' })
    await title('Sign in')
    expect(errors).toEqual([])
  })

  if (!drawn.includes(name)) return
  it('draws the first paint for the person, and renews (P18)', async () => {
    const own = await browser.newContext()
    const tab = await own.newPage()
    const faults = errorsOf(tab)
    await tab.goto(address())
    await tab.getByRole('link', { name: 'Sign up' }).click()
    await tab.getByLabel('E-mail', { exact: true }).fill(`${name}-drawn@example.com`)
    await tab.getByLabel('Password', { exact: true }).fill(password)
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { name: 'Your notes', exact: true }).waitFor()
    const { request } = own
    const paint = async (): Promise<string> => (await request.get(address())).text()
    expect(await paint()).toContain('Sign out')
    // The token has ended; the session goes on
    await own.clearCookies({ name: 'keyhaven' })
    const renewed = await request.get(address())
    expect(await renewed.text()).toContain('Sign out')
    expect(renewed.headers()['cache-control']).toMatch(/no-store/)
    const names = (await own.cookies()).map((cookie) => cookie.name)
    expect(names).toContain('keyhaven')
    // A visitor at the same server gets nothing of the person
    const visitor = await browser.newContext()
    const other = await (await visitor.request.get(address())).text()
    expect(other).not.toContain('Sign out')
    expect(other).not.toContain('@example.com')
    await visitor.close()
    expect(faults).toEqual([])
    await own.close()
  })
})

describe('the binding of Next (P18)', () => {
  it('has one sentence for a call without a request', async () => {
    const script = `import('@keyhaven/client/next').then(({ auth }) => auth()).catch((error) => console.log(error.message))`
    const how = { cwd: join(workspace, 'next'), env: cleanEnvironment() as NodeJS.ProcessEnv }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], how)
    expect(stdout).toBe(
      'auth: there is no request. Call it in a server component, a route handler or a server action, not when a module is loaded.\n',
    )
  })
})

describe('a build for production', () => {
  it.each(exampleNames.toReversed().slice(0, doses.builds))(
    'of the example of %s ends well',
    async (name) => {
      const how = { cwd: join(workspace, name), env: cleanEnvironment() as NodeJS.ProcessEnv }
      await promisify(execFile)('npm', ['run', 'build'], how)
    },
  )
})
