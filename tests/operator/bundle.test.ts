import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { root, run } from '../stage/process.ts'

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

/** What people write for packages that use require, in a bundle of modules. */
const banner =
  "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"

/** Bundles an app that embeds the service, and starts it; the answer is what it printed and wrote. */
async function started(format: 'esm' | 'cjs', external: readonly string[]) {
  const place = mkdtempSync(join(folder, `${format}-`))
  writeFileSync(join(place, 'app.js'), app)
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
  it('works with the service outside, as that sentence says (reports F6)', async () => {
    const { code, output } = await started('esm', ['@keyhaven/server'])
    expect(output).toContain('ready')
    expect(code).toBe(0)
  })
})
