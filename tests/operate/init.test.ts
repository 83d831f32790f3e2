import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { give, runAs } from '@keyhaven/stage/processes/run-as'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-init-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What express-generator and create-vite make, as far as it matters, with the packages of the quickstart. */
const fresh: Readonly<Record<string, string>> = {
  'api/package.json': `{ "dependencies": { "express": "~4.16.1", "@keyhaven/core": "*", "@keyhaven/guard": "*", "@keyhaven/server": "*" } }`,
  'api/app.js': `var express = require('express');
var usersRouter = require('./routes/users');
var app = express();
app.use(express.json());
app.use('/users', usersRouter);
module.exports = app;
`,
  'api/bin/www': `var app = require('../app');
var port = normalizePort(process.env.PORT || '3000');
`,
  'page/package.json': `{ "dependencies": { "react": "^19.0.0", "@keyhaven/core": "*", "@keyhaven/client": "*" }, "devDependencies": { "vite": "^8.0.0" } }`,
  'page/vite.config.ts': `import { defineConfig } from 'vite'
import react from '@vitejs/plugin-react'

export default defineConfig({
  plugins: [react()],
})
`,
  'page/src/main.tsx': `import { createRoot } from 'react-dom/client'
import App from './App.tsx'

createRoot(document.getElementById('root')!).render(
    <App />
)
`,
}

let count = 0
function app(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const base = join(folder, `app-${(count += 1)}`)
  for (const [file, text] of Object.entries({ ...fresh, ...changes })) {
    if (text === undefined) continue
    mkdirSync(dirname(join(base, file)), { recursive: true })
    writeFileSync(join(base, file), text)
  }
  return base
}

async function init(
  base: string,
  { flags = ['--yes'], at = 'api' } = {},
): Promise<{ code: number | null; output: string }> {
  const started = run([...keyhaven, 'init', ...flags], { folder: join(base, at) })
  const code = await started.exited
  return { code, output: started.output() }
}

/** Every file, whatever its name. */
const textsIn = (base: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => !file.includes('/.git/'))
      .map((file) => [relative(base, file), readFileSync(file, 'utf8')]),
  )
const read = (base: string, file: string): string => readFileSync(join(base, file), 'utf8')
const git = (base: string, ...args: string[]): void => {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
  execFileSync('git', ['-C', base, ...who, ...args], { stdio: 'ignore' })
}

describe('keyhaven init', () => {
  let base: string
  let first: { code: number | null; output: string }
  beforeAll(async () => {
    base = app()
    first = await init(base)
  })

  it('writes the quickstart into a CommonJS API and a page beside it, and prints what it did (R60)', () => {
    expect(first.output).toBe(
      `wrote      access.mts
wrote      server.mjs
wrote      ../page/vite.config.ts
wrote      ../page/src/main.tsx
next       start the API: node server.mjs (Node 24.15 or newer); mails are at http://localhost:3000/auth/dev/mailbox
next       start the page in ../page: npm run dev
`,
    )
    expect(first.code).toBe(0)
    expect(read(base, 'page/vite.config.ts')).toContain(
      `plugins: [react(), keyhaven({ url: 'http://localhost:3000/auth', paths: ['/users'] })],`,
    )
    expect(read(base, 'page/src/main.tsx')).toContain(
      '<keyhaven-sign-in /><SignedIn><App /></SignedIn>',
    )
    expect(read(base, 'api/server.mjs')).toContain(`.use('/users', auth.require('users:read'))`)
    expect(read(base, 'api/app.js')).toBe(fresh['api/app.js'])
  })

  it('changes nothing the second time, byte for byte', async () => {
    const before = textsIn(base)
    const { code, output } = await init(base)
    expect([code, output.match(/^unchanged /gm)?.length, output.includes('wrote')]).toEqual([
      0,
      4,
      false,
    ])
    expect(textsIn(base)).toEqual(before)
  })

  it('goes on where a killed run has ended, and leaves no half of a file', async () => {
    const half = app()
    const killed = run([...keyhaven, 'init', '--yes'], { folder: join(half, 'api') })
    await until('it has begun to write', () => existsSync(join(half, 'api/access.mts')))
    await killed.stop('SIGKILL')
    const part = /\.keyhaven-init$/
    for (const [file, text] of Object.entries(textsIn(half)).filter(([name]) => !part.test(name)))
      expect([fresh[file], read(base, file)], file).toContain(text)
    // What a kill between writing and renaming leaves
    rmSync(join(half, 'api/server.mjs'), { force: true })
    writeFileSync(join(half, 'api/server.mjs.keyhaven-init'), 'half')
    const { code } = await init(half)
    expect([code, textsIn(half)]).toEqual([0, textsIn(base)])
  })

  it('changes nothing once its lines are written by hand, in the app itself or in another page', async () => {
    const byHand = app({
      'api/app.js': undefined,
      'api/bin/www': undefined,
      'api/app.mjs': `import express from 'express'\nconst app = express()\napp.use('/users', users)\napp.listen(3000)\n`,
      'page/src/main.tsx': undefined,
      'page/src/main.ts': `createApp(App).mount('#app')\n`,
    })
    const first = await init(byHand)
    expect([first.code, first.output]).toEqual([1, expect.stringContaining('by hand    app.mjs\n')])
    expect(first.output).toContain('by hand    ../page/src/main.ts\n')
    expect(first.output).toContain(
      'next       write the lines above, then start your API as before',
    )
    const [, lines = ''] = /by hand {4}app\.mjs\n.*\n((?: {13}.*\n)+)/.exec(first.output) ?? []
    const [imports, rest] = [/^ +import/, /^ +(?!import)\S/].map((kind) =>
      lines
        .split('\n')
        .filter((line) => kind.test(line))
        .map((line) => line.trim())
        .join('\n'),
    )
    const before = read(byHand, 'api/app.mjs')
    const after = before.replace(
      'const app = express()\n',
      `${imports}\nconst app = express()\n${rest}\n`,
    )
    writeFileSync(join(byHand, 'api/app.mjs'), after)
    writeFileSync(join(byHand, 'page/src/main.ts'), `import '@keyhaven/client/elements'\n`)
    const texts = textsIn(byHand)
    const second = await init(byHand)
    expect([second.code, second.output.match(/wrote|by hand/g)]).toEqual([0, null])
    expect(second.output).toContain('next       start the API: node app.mjs')
    expect(textsIn(byHand)).toEqual(texts)
    expect(read(byHand, 'api/access.mts')).toContain(`'users:read'`)
  })

  it('writes through a symbolic link, and asks at a terminal what it can’t find', async () => {
    const two = app({
      'api/app.js': fresh['api/app.js']?.replace(/^app.use.*users.*$/m, ''),
      'other/package.json': fresh['api/package.json'],
    })
    cpSync(join(two, 'page'), join(two, 'shop'), { recursive: true })
    renameSync(join(two, 'page/src/main.tsx'), join(two, 'main.tsx'))
    symlinkSync('../../main.tsx', join(two, 'page/src/main.tsx'))
    const command = [...keyhaven, 'init'].map((part) => `'${part}'`).join(' ')
    const asked = run(['script', '-qec', command, '/dev/null'], {
      folder: two,
      input: '1\n\n/notes\n',
    })
    expect(await asked.exited).toBe(0)
    expect(asked.output().match(/Which /g)).toHaveLength(3)
    expect(read(two, 'api/server.mjs')).toContain(`.use('/notes', auth.require('notes:read'))`)
    expect(lstatSync(join(two, 'page/src/main.tsx')).isSymbolicLink()).toBe(true)
    expect(read(two, 'main.tsx')).toContain('<keyhaven-sign-in />')
  })

  it('touches no file whose changes are in no commit, unless it is forced', async () => {
    const changed = app()
    git(changed, 'init')
    git(changed, 'add', '.')
    git(changed, 'commit', '-m', 'x')
    const main = `${fresh['page/src/main.tsx']}// mine\n`
    writeFileSync(join(changed, 'page/src/main.tsx'), main)
    const refused = await init(changed)
    expect(refused).toEqual({
      code: 1,
      output:
        'keyhaven: ../page/src/main.tsx has changes that are not committed, and nothing was written: commit them, or run keyhaven init --force.\n',
    })
    expect(existsSync(join(changed, 'api/access.mts'))).toBe(false)
    const forced = await init(changed, { flags: ['--yes', '--force'] })
    expect([forced.code, read(changed, 'page/src/main.tsx').endsWith('// mine\n')]).toEqual([
      0,
      true,
    ])
    // The data of the service, with its keys, stays out of git
    expect(read(changed, 'api/.gitignore')).toBe('keyhaven-data\n')
  })

  it('prints the lines for files of another shape, changes nothing there, and exits with 1', async () => {
    const config = `import { defineConfig } from 'vite'\nexport default defineConfig(({ mode }) => ({ server: { proxy: {} } }))\n`
    const other = app({
      'page/vite.config.ts': config,
      'page/src/main.tsx': 'hydrateRoot(document, <Root />)\n',
      'api/server.mjs': 'console.log(1)\n',
    })
    const { code, output } = await init(other)
    expect(code).toBe(1)
    expect(output).toContain(
      'wrote      access.mts\nby hand    server.mjs\n           The file exists',
    )
    expect(output).toContain(
      `by hand    ../page/vite.config.ts\n           The file has a proxy of its own, which these lines replace. Write these lines there.\n             import { keyhaven } from '@keyhaven/client/vite'\n`,
    )
    expect(output).toContain('             <keyhaven-sign-in /><SignedIn><App /></SignedIn>\n')
    expect(read(other, 'page/vite.config.ts')).toBe(config)
  })

  it('reads TypeScript, other ports and paths, and prints JSON', async () => {
    const typed = app({
      'api/app.js': undefined,
      'api/bin/www': undefined,
      'api/src/app.ts': `import express from 'express'\nexport const app = express()\napp.get('/notes', list)\napp.use('/tags/all', tags)\nconst PORT = Number(process.env.PORT ?? 8080)\n`,
      'page/vite.config.ts': undefined,
      'page/vite.config.js': `import { defineConfig } from "vite";\nexport default defineConfig({\n  plugins: [],\n});\n`,
    })
    const { code, output } = await init(typed, { flags: ['--yes', '--json'], at: '.' })
    expect(code).toBe(0)
    const { written } = JSON.parse(output) as { written: string[] }
    expect(written).toContain('api/server.mts')
    const server = read(typed, 'api/server.mts')
    expect(server).toContain(`import { app } from './src/app.ts'`)
    expect(server).toContain(`.use('/notes', auth.require('notes:read'))`)
    expect(server).toContain('listen(8080)')
    expect(read(typed, 'page/vite.config.js')).toContain(
      `import { keyhaven } from "@keyhaven/client/vite";\nimport { defineConfig } from "vite";`,
    )
  })

  it.each([
    ['without a package.json', { 'api/package.json': undefined }, 'There is no package.json in'],
    ['of another framework', { 'api/package.json': '{}' }, 'does not name express'],
    ['with a broken package.json', { 'api/package.json': '{' }, 'is not JSON: correct it'],
  ])('names what is missing in a folder %s', async (_name, changes, sentence) => {
    const { code, output } = await init(app(changes))
    expect([code, output.split('\n').length]).toEqual([1, 2])
    expect(output).toContain(sentence)
  })

  it('names what a page lacks that it does not find', async () => {
    const alone = app({ 'page/package.json': '{ "devDependencies": { "vite": "^8.0.0" } }' })
    const { code, output } = await init(alone)
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('next       no Vite page with @keyhaven/client was found here'),
    ])
  })

  it.each(['api', 'page'])('writes nothing if the folder %s can’t be written', async (name) => {
    const closed = app()
    const [uid, gid] = [65_534, 65_534]
    chmodSync(folder, 0o755)
    for (const one of ['api', 'page', 'page/src']) give(join(closed, one), [uid, gid], 0o755)
    give(join(closed, name), [uid, gid], 0o555)
    const before = textsIn(closed)
    const how = { folder: join(closed, 'api'), environment: {} }
    const stranger = runAs({ uid, gid, umask: '0022' }, [...keyhaven, 'init', '--yes'], how)
    expect([await stranger.exited, stranger.output()]).toEqual([
      1,
      `keyhaven: ${join(closed, name)} can’t be written, and nothing was: make it writable, then run keyhaven init again.\n`,
    ])
    expect(textsIn(closed)).toEqual(before)
    chmodSync(join(closed, name), 0o755)
  })
})
