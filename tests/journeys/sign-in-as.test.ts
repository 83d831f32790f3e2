import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Browser } from 'playwright-core'
import { cypressSession, signInAs, testSession } from '@keyhaven/client/testing'
import { launchChromium } from '@keyhaven/stage/browser/chromium'
import { freePort, keyhaven, root, run } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { newFolder } from '@keyhaven/stage/processes/served'
import { doses } from '../doses.ts'

let service: RunningService
let plain: RunningService
let browser: Browser
let url: string

beforeAll(async () => {
  const KEYHAVEN_ACCESS = join(root, 'examples/notes/access.ts')
  const environment = { KEYHAVEN_TESTING: 'on', KEYHAVEN_ACCESS }
  ;[service, plain, browser] = await Promise.all([
    startService({ environment }),
    startService(),
    launchChromium(['--host-resolver-rules=MAP evil.example 127.0.0.1']),
  ])
  url = service.issuer
})
afterAll(() => Promise.all([service.close(), plain.close(), browser.close()]))
afterEach(() => vi.unstubAllEnvs())

/** As in the environment of a test run on the same machine. */
const atData = (data: string = service.data): void => void vi.stubEnv('KEYHAVEN_DATA', data)

describe('signInAs', () => {
  it('signs a person in before or after the page is opened, in its browser alone (P27)', async () => {
    atData()
    const [ada, ben] = [await browser.newContext(), await browser.newContext()]
    // A page, before anything is open
    const page = await ada.newPage()
    const { account, view } = await signInAs(page, { url, scopes: ['notes:read'] })
    expect([view.scope, view.roles]).toEqual([['notes:read'], ['reader']])
    await page.goto(`${url}/pages/account`)
    await page.getByText(account.email).first().waitFor()
    // A context, whose page is open
    const other = await ben.newPage()
    await other.goto(`${url}/pages/sign-in`)
    await other
      .getByLabel(/password/i)
      .first()
      .waitFor()
    const second = await signInAs(ben, { url, scopes: ['notes:add'], account: 'ben' })
    await other.goto(`${url}/pages/account`)
    await other.getByText('ben@test.invalid').first().waitFor()
    expect(second.account.id).not.toBe(account.id)
    const cookies = await ben.cookies()
    expect(cookies.find(({ name }) => name === 'keyhaven')).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
    })
    await page.reload()
    await page.getByText(account.email).first().waitFor()
    await Promise.all([ada.close(), ben.close()])
  })

  it('gives sessions whose end a test sees in seconds, without a clock of its own (P27)', async () => {
    atData()
    const context = await browser.newContext()
    const page = await context.newPage()
    await signInAs(page, { url, endsIn: '8s', account: 'late' })
    await page.goto(`${url}/pages/account`)
    await page.getByText('late@test.invalid').first().waitFor()
    await page.getByText('late@test.invalid').first().waitFor({ state: 'detached' })
    const { cookie } = await testSession({ url, age: '11m' })
    const answer = await fetch(`${url}/sessions?everything=true`, {
      method: 'DELETE',
      headers: { cookie, origin: new URL(url).origin },
    })
    expect(answer.status).toBe(403)
    await context.close()
  })

  it('gives cookies and headers to tests without a browser, and arguments to Cypress (P27)', async () => {
    vi.stubEnv('KEYHAVEN_TESTING_KEY', readFileSync(join(service.data, 'testing.key'), 'utf8'))
    atData('/nowhere')
    const old = await testSession({ url: `${url}/`, age: '11m', password: 'correct horse battery' })
    const sensitive = `${url}/sessions?everything=true`
    const { status } = await fetch(sensitive, { method: 'DELETE', headers: old.headers })
    expect(status).toBe(401)
    const fresh = await testSession({ url })
    expect((await fetch(sensitive, { method: 'DELETE', headers: fresh.headers })).ok).toBe(true)
    const { setCookies, cookies } = await cypressSession({ url, remember: true })
    expect(JSON.parse(JSON.stringify(setCookies))).toEqual(
      cookies.map(({ name, value, domain, path, secure, httpOnly, expires, sameSite }) => {
        const expiry = expires < 0 ? {} : { expiry: expires }
        const lower = sameSite.toLowerCase()
        return [name, value, { domain, path, secure, httpOnly, ...expiry, sameSite: lower }]
      }),
    )
    expect(setCookies.length).toBeGreaterThan(2)
  })

  it('names what to change in one sentence (P27, H24)', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const fault = async (options: object, at: unknown = page): Promise<string> =>
      signInAs(at as typeof page, { url, ...options }).then(
        () => 'no fault',
        (error: unknown) => (error as Error).message,
      )
    const folder = newFolder()
    atData(folder)
    expect(await fault({})).toBe(
      `signInAs: the key ${folder}/testing.key can’t be read: start the service with KEYHAVEN_TESTING=on, and set KEYHAVEN_DATA to its data folder, or KEYHAVEN_TESTING_KEY to the key.`,
    )
    vi.stubEnv('KEYHAVEN_DATA', '')
    expect(await fault({})).toContain(`${process.cwd()}/keyhaven-data/testing.key can’t be read`)
    atData(folder)
    writeFileSync(join(folder, 'testing.key'), 'not a key\r\nx: y')
    expect(await fault({})).toContain(`${folder}/testing.key has no key of 43`)
    writeFileSync(join(folder, 'testing.key'), `${'A'.repeat(43)}\n`)
    expect(await fault({})).toBe(
      `signInAs: the service does not know the key in ${folder}/testing.key: it makes a new one at each start, so read the one of the running service.`,
    )
    expect(await fault({ url: plain.issuer })).toBe(
      `signInAs: ${plain.issuer}/testing/sessions does not exist: start the service with KEYHAVEN_TESTING=on, and pass its own KEYHAVEN_URL as url, without a proxy.`,
    )
    rmSync(folder, { recursive: true })
    atData()
    for (const wrong of [
      'https://app.example/auth',
      'http://192.0.2.1/auth',
      'http://localhost.evil.example/',
    ]) {
      expect(await fault({ url: wrong })).toMatch(/^signInAs: \S+ is not on this machine: /)
    }
    expect(await fault({ url: 'auth' })).toContain('url must be the URL of the service')
    expect(await fault({ url: service.address })).toContain('pass its own KEYHAVEN_URL as url')
    expect(await fault({ url: `http://localhost:${await freePort()}/auth` })).toContain(
      'no service answers at',
    )
    expect(await fault({ scopes: ['notes:raed'] })).toMatch(
      /answers 400: invalid_request, scopes\. “notes:raed” is not a scope: write notes:read\.$/,
    )
    expect(await fault({ scope: ['notes:read'] })).toContain("did you mean 'scopes'?")
    expect(await fault({ endsIn: 'soon' })).toContain('endsIn must be a duration such as 45s')
    expect(await fault({}, {})).toContain('without a browser call testSession')
    await page.goto(`${plain.address}/pages/sign-in`)
    expect(await fault({})).toMatch(
      /^signInAs: the page is at http:\/\/127\.0\.0\.1:\d+, which gets no cookies of http:\/\/localhost:\d+: /,
    )
    expect(await context.cookies()).toEqual([])
    await context.close()
  })

  it('sends its key to no other address, wherever the service leads (H24)', async () => {
    const keys: unknown[] = []
    const thief = createServer(({ headers }, response) => {
      keys.push(headers.authorization)
      response.writeHead(201).end('{}')
    })
    const liar = createServer((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${thiefPort}/` }).end()
    })
    const [thiefPort, liarPort] = [await freePort(), await freePort()]
    const open = (server: Server, port: number): Promise<void> =>
      new Promise((resolve) => void server.listen(port, 'localhost', resolve))
    await Promise.all([open(thief, thiefPort), open(liar, liarPort)])
    atData()
    const refused = testSession({ url: `http://localhost:${liarPort}/auth` })
    await expect(refused).rejects.toThrow('answers 307: an empty answer.')
    expect(keys).toEqual([])
    thief.close()
    liar.close()
  })

  it('gives sessions to many workers at once, and none disturbs another (P27)', async () => {
    const { testWorkers: workers, testSessions: each } = doses
    const worker = join(root, 'tests/journeys/sign-in-worker.ts')
    const command = [process.execPath, '--conditions=keyhaven-source', worker] as const
    const environment = { KEYHAVEN_DATA: service.data }
    const runs = Array.from({ length: workers }, () =>
      run([...command, url, String(each)], { environment }),
    )
    const codes = await Promise.all(runs.map(({ exited }) => exited))
    expect(codes, runs.map(({ output }) => output()).join('\n')).toEqual(codes.map(() => 0))
    const ids = runs.flatMap(({ output }) => JSON.parse(output()) as string[])
    expect(new Set(ids).size).toBe(workers * each)
  })
})

describe('the door of tests', () => {
  it('is shut in production: exit 78 with one sentence (H24)', async () => {
    const data = newFolder()
    const environment = {
      KEYHAVEN_TESTING: 'on',
      KEYHAVEN_URL: 'https://app.example/auth',
    }
    const started = run([...keyhaven, 'start'], { folder: data, environment })
    expect(await started.exited).toBe(78)
    expect(started.output()).toBe(
      'keyhaven: KEYHAVEN_TESTING is on, which is for development only: remove it, or set KEYHAVEN_URL to a URL of this machine, such as http://localhost:4000/auth.\n',
    )
    rmSync(data, { recursive: true })
  })

  it('opens for no page in the developer’s browser, even with the key (H24)', async () => {
    const key = readFileSync(join(service.data, 'testing.key'), 'utf8').trim()
    const { port } = new URL(url)
    // The policy of our pages, by which they call nothing else, would hide what the service does
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    const call = (target: string): Promise<unknown> =>
      page.evaluate(
        async ([to = '', authorization = '']) => {
          const headers = { authorization, 'content-type': 'application/json' }
          try {
            return (await fetch(to, { method: 'POST', headers, body: '{}' })).status
          } catch {
            return 'blocked'
          }
        },
        [target, `Bearer ${key}`],
      )
    // The page of the service itself; another site; a sibling on another port; a name that leads here by DNS rebinding
    for (const [at, target, answer] of [
      [`${url}/pages/sign-in`, url, 201],
      [`${plain.address}/pages/sign-in`, url, 'blocked'],
      [`${plain.issuer}/pages/sign-in`, url, 'blocked'],
      [`http://evil.example:${port}/auth/pages/sign-in`, `http://evil.example:${port}/auth`, 404],
    ] as const) {
      await page.goto(at)
      expect(await call(`${target}/testing/sessions`)).toBe(answer)
    }
    const sessions = (await context.cookies()).filter(({ name }) => name === 'keyhaven-session')
    expect(sessions.map(({ domain }) => domain)).toEqual(['localhost'])
    await context.close()
  })

  it('stays open while commands of the same environment run (H24)', async () => {
    const file = join(service.data, 'testing.key')
    const before = readFileSync(file, 'utf8')
    expect((await service.command(['accounts', 'list'])).code).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
