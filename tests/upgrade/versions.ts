import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { keyhaven, root } from '@keyhaven/stage/processes/process'
import { program } from '@keyhaven/stage/processes/program'

type Command = readonly [string, ...string[]]

/** The programs of one version. */
export interface Version {
  readonly name: string
  readonly keyhaven: Command
  /** `packages/stage/src/processes/guarded-api.ts`, with the guard of that version. */
  readonly guardedApi: Command
}

const api = join(root, 'packages/stage/src/processes/guarded-api.ts')

/** This checkout. */
export const present: Version = {
  name: 'present',
  keyhaven,
  guardedApi: program('guarded-api'),
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Unpacks the version before, which this folder keeps, and gives it the dependencies of this checkout. */
export function unpackFormer(): Version & { remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-former-'))
  const packages = join(folder, 'node_modules/@keyhaven')
  mkdirSync(packages, { recursive: true })
  execFileSync('tar', ['xzf', join(import.meta.dirname, 'former.tgz'), '-C', packages])
  for (const each of ['core', 'guard', 'server']) {
    const manifest = readFileSync(join(packages, each, 'package.json'), 'utf8')
    for (const name of Object.keys((JSON.parse(manifest) as Manifest).dependencies ?? {})) {
      if (name.startsWith('@keyhaven/')) continue
      const found = findPackageJSON(
        name,
        pathToFileURL(join(root, 'packages', each, 'package.json')),
      )
      if (found === undefined) throw new Error(`${name} is not installed: npm ci`)
      const link = join(folder, 'node_modules', name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(dirname(found), link)
    }
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  copyFileSync(api, join(folder, 'guarded-api.ts'))
  return {
    name: 'former',
    keyhaven: [process.execPath, join(packages, 'server/dist/cli/main.js')],
    guardedApi: [process.execPath, join(folder, 'guarded-api.ts')],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
