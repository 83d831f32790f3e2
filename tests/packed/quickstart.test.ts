import { exec, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, screenshot } from '@keyhaven/stage/browser/chromium'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { answers, root, until } from '@keyhaven/stage/processes/process'
import { loadEntryPoints, noticesAreIn, packagesCanBePublished } from './published.suite.ts'
import { changed, quickstart, readmeBlocks } from './readme.ts'
import { spansReachTheApp, startLoadsLittle } from './start.suite.ts'

const execute = promisify(exec)
const work = mkdtempSync(join(tmpdir(), 'keyhaven-quickstart-'))
const blocks = readmeBlocks()
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const servers: ChildProcess[] = []
let printed = ''
let browser: Browser

async function command(line: string, folder: string): Promise<void> {
  const how = { cwd: folder, env: cleanEnvironment(), timeout: 180_000 }
  await execute(line, how).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => {
    throw new Error(`${line} failed in ${folder}:\n${stdout}${stderr}`)
  })
}

/** Starts a command that stays; npm and what it starts are one group, and end together. */
function start(line: string, folder: string): void {
  const child = spawn(line, { shell: true, cwd: folder, env: cleanEnvironment(), detached: true })
  const keep = (chunk: Buffer): void => {
    printed += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  servers.push(child)
}

beforeAll(async () => {
  const tools = join(root, 'node_modules/.bin')
  symlinkSync(root, join(work, 'keyhaven'))
  const generated = async (generator: string, folder: string): Promise<void> => {
    await command(`${tools}/${generator}`, work)
    await command('npm install', join(work, folder))
  }
  await Promise.all([
    generated('express --no-view api', 'api'),
    generated('create-vite page --template react-ts --no-interactive', 'page'),
  ])
  browser = await launchChromium()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  for (const { pid } of servers) process.kill(-(pid ?? 0), 'SIGKILL')
  rmSync(work, { recursive: true, force: true })
})

describe('the quickstart of the README', () => {
  it('takes 2 commands, 8 lines in the API and 6 in the page, forms included', () => {
    const { commands, api, page } = quickstart()
    process.stdout.write(`quickstart: ${commands} commands, ${api} and ${page} lines\n`)
    expect([commands, api > 4, page > 3]).toEqual([2, true, true])
    expect(api).toBeLessThanOrEqual(8)
    expect(page).toBeLessThanOrEqual(6)
    expect(readme).toContain('Two commands, 8 lines in your API and 6 in your page')
  })

  it('leads from fresh apps of the generators to a protected route, in Chromium (browser F3)', async () => {
    for (const { language, title, text } of blocks) {
      const place = join(work, title)
      if (language === 'diff') writeFileSync(place, changed(readFileSync(place, 'utf8'), text))
      else if (language !== 'sh') writeFileSync(place, text)
      else if (text.startsWith('npm install')) await command(text, place)
      else start(text, place)
    }
    await until('the API answers', () => answers('http://localhost:3000/auth/health/ready'))
    await until('the page answers', () => answers('http://localhost:5173/'))
    await command('npm run build', join(work, 'page'))
    const { resolve } = createRequire(join(work, 'page/package.json'))
    expect(readFileSync(resolve('@keyhaven/client/tokens.css'), 'utf8')).toContain('--kh-accent:')
    // The build keeps the import that defines the elements, and each form is a chunk of its own
    const assets = join(work, 'page/dist/assets')
    const built = readdirSync(assets).map((name) => readFileSync(join(assets, name), 'utf8'))
    expect(built.filter((text) => text.includes('customElements.define'))).toHaveLength(1)
    expect(built.filter((text) => text.includes('current-password')).length).toBeGreaterThan(0)
    expect(built.some((text) => text.includes('--kh-accent:') && text.includes('.kh-input'))).toBe(
      true,
    )

    // So does esbuild
    const { outputFiles } = await build({
      entryPoints: [join(work, 'page/src/main.tsx')],
      outdir: join(work, 'bundled'),
      bundle: true,
      splitting: true,
      write: false,
      format: 'esm',
      loader: { '.svg': 'file', '.png': 'file' },
      logLevel: 'silent',
    })
    expect(outputFiles.some(({ text }) => text.includes('customElements.define'))).toBe(true)

    // The guide's tsconfig and its form compile, and so do our declarations, which are checked too
    const guide = readFileSync(join(root, 'docs/guides/client.md'), 'utf8')
    const pick = (sign: RegExp): string => sign.exec(guide)?.[1] ?? ''
    writeFileSync(
      join(work, 'page/src/sign-in-form.tsx'),
      pick(/^```tsx\n((?:(?!```)[^])*function SignInForm[^]*?)^```$/m),
    )
    writeFileSync(
      join(work, 'page/src/guide.ts'),
      `export { SignInForm } from './sign-in-form.tsx'\nexport { form } from './form.tsx'\nexport type { access } from '../../api/access.mts'\n`,
    )
    writeFileSync(
      join(work, 'page/src/form.tsx'),
      `import '@keyhaven/client/elements'\nimport '@keyhaven/client/elements.css'\nimport {} from '@keyhaven/client/react'\nexport const form = <keyhaven-sign-in url="/auth" min-length={8} onInput={() => {}} />\n`,
    )
    const settings = JSON.parse(pick(/^```json\n([^]*?)^```$/m)) as object
    writeFileSync(
      join(work, 'page/tsconfig.guide.json'),
      JSON.stringify({ ...settings, files: ['src/guide.ts'] }),
    )
    await command('npx tsc -p tsconfig.guide.json', join(work, 'page'))

    const page = await browser.newPage()
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    const users = (): Promise<string> =>
      page.evaluate(async () => {
        const response = await fetch('/users')
        return `${response.status} ${await response.text()}`
      })
    // Vite loads the page anew once it has found what it imports
    await page.goto('http://localhost:5173/', { waitUntil: 'networkidle' })
    const password = page.getByLabel('Password', { exact: true })
    const press = (name: string): Promise<void> =>
      page.getByRole('button', { name, exact: true }).click()
    const title = (name: string): Promise<void> => page.getByRole('heading', { name }).waitFor()
    // What the element leads to by itself
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await title('Forgot your password?')
    await page.reload()
    await page.getByRole('link', { name: 'Sign up' }).click()
    await title('Sign up')
    await page.getByLabel('E-mail', { exact: true }).fill('ada@example.com')
    await password.fill('test')
    expect(await users()).toContain('401')
    // A refusal is shown, and what was typed stays
    await press('Sign up')
    await page.getByText('The password is too short: choose one of at least 8').waitFor()
    expect(await page.getByLabel('E-mail', { exact: true }).inputValue()).toBe('ada@example.com')
    expect(await password.inputValue()).toBe('test')
    await screenshot(page, 'quickstart-sign-up')
    await password.fill('correct horse battery')
    await press('Sign up')
    await title('You are signed in')
    await title('Get started')
    await page.getByRole('link', { name: 'Manage your account' }).click()
    await title('Your account')
    await screenshot(page, 'quickstart-account')
    await press('Go back')
    await title('You are signed in')
    // The way out, and back in
    await press('Sign out')
    await page.getByLabel('E-mail or user name').fill('ada@example.com')
    expect(await page.getByText('Get started').count()).toBe(0)
    expect(await users()).toContain('401')
    await password.fill('correct horse battery')
    await page.keyboard.press('Enter')
    // The app shows itself at once; the element loads its next view, and keeps the form until then
    await title('Get started')
    await title('You are signed in')
    expect(await password.count()).toBe(0)
    expect(await users()).toBe('200 respond with a resource')
    await page.reload()
    await title('Get started')
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await screenshot(page, `quickstart-signed-in-${width}`)
    }
    expect(failures).toEqual([])

    // A stranger opens a private path as a page: the service says which option would open it
    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto('http://localhost:3000/private-page')
    expect(await stranger.content()).toContain('not_signed_in')
    await until('the hint is printed', () => printed.includes("'GET /private-page'"))
    expect(printed).toContain('public routes: none; every route needs a credential')
    expect(printed).toContain('a revocation takes effect in this process at once')
  }, 300_000)
})

packagesCanBePublished(work)

describe('the packed packages in other tool chains, by docs/guides/building.md', () => {
  const page = readFileSync(join(root, 'docs/guides/building.md'), 'utf8')
  const api = join(work, 'empty')
  beforeAll(async () => {
    mkdirSync(api)
    // Node's types of another version than ours, as an application has them
    const others = 'express@5.3.0 jest@30.5.2 @types/node@26.6.6 @types/express@5.0.6'
    await command(`npm install --prefer-offline ../keyhaven/packed/*.tgz ${others}`, api)
  }, 300_000)

  it('load from an empty folder, every entry point and the command', () => loadEntryPoints(api))

  it('load few modules at a start, and nothing that it does not need (T11)', () =>
    startLoadsLittle(api))

  it('send the spans of their bundled API to the SDK of the application', () =>
    spansReachTheApp(api))

  it('have the licences of the code that they contain', () => noticesAreIn(api))

  it('work in Jest with the line that the page has, required and imported (reports F18)', async () => {
    const line = 'NODE_OPTIONS=--experimental-vm-modules jest'
    expect(page).toContain(`"test": "${line}"`)
    const suite = `
const { expressGuard } = require('@keyhaven/guard/express')
const { createGuard } = require('@keyhaven/guard')
const express = require('express')
const { mkdtempSync, rmSync } = require('node:fs')
const { join } = require('node:path')
const { tmpdir } = require('node:os')

test('guarded API, and a service with a password', async () => {
  const { createKeyhaven } = await import('@keyhaven/server')
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-jest-'))
  const auth = await createKeyhaven({ folder, environment: {}, announce() {} })
  const person = { email: 'ada@example.com', password: 'correct horse battery' }
  await auth.accounts.create(person)
  const answer = await auth.handler(new Request(auth.issuer + '/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost:4000' },
    body: JSON.stringify({ login: person.email, password: person.password }),
  }))
  expect(answer.status).toBe(201)
  await auth.close()
  rmSync(folder, { recursive: true })

  const guard = createGuard({ issuer: 'http://localhost:1/auth', log() {} })
  const app = express().use(expressGuard(guard, { public: ['GET /open'] }))
  app.get('/open', (request, response) => response.end('open'))
  const server = app.listen(0)
  const ask = (path) => fetch('http://127.0.0.1:' + server.address().port + path)
  expect(await (await ask('/open')).text()).toBe('open')
  // The issuer is away
  expect((await ask('/closed')).status).toBe(503)
  server.close()
  guard.close()
}, 120_000)
`
    mkdirSync(join(api, 'tests'))
    writeFileSync(join(api, 'tests/api.test.js'), suite)
    await command(`PATH=node_modules/.bin:$PATH ${line} tests`, api)
  })

  const source = `
import { createGuard } from '@keyhaven/guard'
import { authOf, expressGuard } from '@keyhaven/guard/express'
import { defineAccess } from '@keyhaven/core/access'
import { createKeyhaven } from '@keyhaven/server'
const access = defineAccess({ scopes: ['notes:read'], roles: {} })
const guard = createGuard({ issuer: 'http://localhost:4000/auth', access })
export const api = expressGuard(guard).require('notes:read')
export { authOf, createKeyhaven }
`
  const later = `
import type { Guard } from '@keyhaven/guard' with { 'resolution-mode': 'import' }
export async function guarded(): Promise<Guard> {
  const { createGuard } = await import('@keyhaven/guard')
  return createGuard({ issuer: 'http://localhost:4000/auth' })
}
`
  it.each([
    ['module', { module: 'node16' }, source, ''],
    ['commonjs', { module: 'nodenext' }, source, ''],
    ['commonjs', { module: 'node20' }, source, ''],
    ['commonjs', { module: 'node16' }, source, 'TS1479'],
    ['commonjs', { module: 'node16' }, later, ''],
    ['commonjs', { module: 'preserve', moduleResolution: 'bundler' }, source, ''],
  ])(
    'compile as %s with %j, as the page says (source 26, operator 22)',
    (type, options, text, fault) => {
      const folder = mkdtempSync(join(api, 'typed-'))
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
      writeFileSync(join(folder, 'api.ts'), text)
      const compilerOptions = {
        ...options,
        target: 'es2023',
        lib: ['es2023'],
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        // Every declaration of ours and of what we use, once: that takes seconds
        skipLibCheck: options.module !== 'node20' || type !== 'commonjs',
        noEmit: true,
      }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
        encoding: 'utf8',
      })
      if (fault === '') return expect(stdout).toBe('')
      expect(stdout).toContain(fault)
      expect(page).toContain(fault)
    },
  )
})
