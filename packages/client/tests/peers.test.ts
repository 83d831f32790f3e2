import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const read = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest
const own = read(join(import.meta.dirname, '../package.json'))
const ranges = own.peerDependencies ?? {}
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhaven-peers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Next runs in its example only, which has packages of its own. */
const example = read(join(import.meta.dirname, '../../../examples/next/package.json'))

/** The version that these tests run. */
function installed(name: string): string {
  if (name === 'next') return example.dependencies?.[name] ?? ''
  const require = createRequire(import.meta.url)
  for (const base of require.resolve.paths(name) ?? []) {
    try {
      return read(join(base, name, 'package.json')).version
    } catch {
      // In a folder further up
    }
  }
  throw new Error(`${name} is not installed.`)
}

/** What npm prints for an application that has these versions and adds the client. */
async function resolved(versions: Readonly<Record<string, string>>): Promise<string> {
  const app = mkdtempSync(join(folder, 'app-'))
  const pack = async (name: string, manifest: object): Promise<string> => {
    const file = `${name.replaceAll(/\W/g, '-')}.tgz`
    mkdirSync(join(app, name, 'package'), { recursive: true })
    writeFileSync(join(app, name, 'package/package.json'), JSON.stringify(manifest))
    await promisify(execFile)('tar', ['czf', join(app, file), '-C', join(app, name), 'package'])
    return `file:${file}`
  }
  const dependencies: Record<string, string> = {}
  const { name: client, version, peerDependencies } = own
  const { peerDependenciesMeta } = own as unknown as { readonly peerDependenciesMeta: object }
  const manifest = { name: client, version, peerDependencies, peerDependenciesMeta }
  dependencies[client] = await pack(client, manifest)
  for (const [name, one] of Object.entries(versions))
    dependencies[name] = await pack(name, { name, version: one })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, dependencies }))
  // Several npm with one cache, beside other tests that install, may wait for each other for minutes
  const env = { ...cleanEnvironment(), npm_config_cache: join(app, 'cache') } as NodeJS.ProcessEnv
  const options = { cwd: app, env, timeout: 60_000 }
  const flags = [
    'install',
    '--dry-run',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
  ]
  return promisify(execFile)('npm', flags, options).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { readonly stdout: string; readonly stderr: string }) => error.stdout + error.stderr,
  )
}

describe('npm', () => {
  it('accepts the versions that these tests run, and names the peer that another version is outside of', async () => {
    const current = Object.fromEntries(Object.keys(ranges).map((name) => [name, installed(name)]))
    const former = { '@angular/core': '21.2.0', react: '18.2.0', svelte: '5.6.0', vue: '3.4.38' }
    const [good, ...bad] = await Promise.all([
      resolved(current),
      ...Object.entries(former).map(([name, version]) => resolved({ [name]: version })),
    ])
    expect(good).toContain('add vue')
    expect(good).not.toContain('ERESOLVE')
    for (const [at, name] of Object.keys(former).entries()) {
      expect(bad[at]).toContain('ERESOLVE')
      expect(bad[at]).toContain(`peerOptional ${name}@"${ranges[name]}" from ${own.name}`)
    }
  })
})
