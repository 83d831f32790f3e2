import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { root, run } from '@keyhaven/stage/processes/process'

// Inside the checkout: what stays outside of a bundle is found from there
mkdirSync(join(root, '.work'), { recursive: true })
const folder = mkdtempSync(join(root, '.work/bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const app = `
import express from 'express'
import { createKeyhaven } from '@keyhaven/server'
async function main() {
  const auth = await createKeyhaven({ folder: process.argv[2] })
  express().use(auth.express({ guard: '/' }))
  console.log('ready')
  await auth.close()
}
main().catch((error) => {
  console.log(error.name + ': ' + error.message)
  process.exitCode = 78
})`

const guardedApi = `
import express from 'express'
import { createGuard } from '@keyhaven/guard'
import { expressGuard } from '@keyhaven/guard/express'
async function main() {
  const guard = createGuard({ issuer: 'http://localhost:1/auth', log() {} })
  const app = express().use(expressGuard(guard, { public: ['GET /open'] }))
  app.get('/open', (request, response) => response.end('open'))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const ask = (path) => fetch('http://127.0.0.1:' + server.address().port + path)
  console.log((await ask('/open')).status, (await ask('/closed')).status)
  guard.close()
  server.close()
}
main()`

/** What people write for packages that use require, in a bundle of modules. */
const banner =
  "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"

/** Bundles an app, and starts it; the answer is what it printed and wrote. */
async function started(format: 'esm' | 'cjs', external: readonly string[], source = app) {
  const place = mkdtempSync(join(folder, `${format}-`))
  writeFileSync(join(place, 'app.js'), source)
  const outfile = join(place, format === 'esm' ? 'out.mjs' : 'out.cjs')
  await build({
    entryPoints: [join(place, 'app.js')],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    conditions: ['keyhaven-source'],
    external: [...external],
    logLevel: 'silent',
    ...(format === 'esm' && { banner: { js: banner } }),
  })
  const data = mkdtempSync(join(place, 'data-'))
  const process_ = run([process.execPath, '--conditions=keyhaven-source', outfile, data])
  return { code: await process_.exited, output: process_.output(), files: readdirSync(data) }
}

describe('an app in one bundled file', () => {
  it.each(['esm', 'cjs'] as const)(
    'says at its start that the service belongs outside, as %s (reports F6)',
    async (format) => {
      const { code, output, files } = await started(format, ['pg-native', '@node-rs/argon2'])
      expect(output).toMatch(
        /^ConfigurationError: @keyhaven\/server can’t find its list of common passwords: keep @keyhaven\/server out of the bundle \(esbuild: --external:@keyhaven\/server;/,
      )
      expect({ code, files }).toEqual({ code: 78, files: [] })
    },
  )
  it.each(['esm', 'cjs'] as const)(
    'works with the service outside, as that sentence says, as %s (reports F6)',
    async (format) => {
      const { code, output } = await started(format, ['@keyhaven/server'])
      expect(output).toContain('ready')
      expect(code).toBe(0)
    },
  )
  it.each(['esm', 'cjs'] as const)('may hold the guard, as %s (reports F6)', async (format) => {
    const { code, output } = await started(format, [], guardedApi)
    expect({ code, output }).toEqual({ code: 0, output: '200 503\n' })
  })
})
