import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The packages as an operator installs them: from tarballs of the build, in an empty folder. */
export interface Installed {
  /** The script of `keyhaven`. */
  readonly script: string
  readonly packages: number
  readonly megabytes: number
  remove(): void
}

/** Packs core, guard and server, and installs the tarballs. */
export function installPackages(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-installed-'))
  for (const name of ['core', 'guard', 'server']) {
    npm(join(import.meta.dirname, '../../packages', name), 'pack', '--pack-destination', folder)
  }
  const tarballs = readdirSync(folder).map((file) => `./${file}`)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs)
  const modules = join(folder, 'node_modules')
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, unknown>>
  }
  const size = execFileSync('du', ['-sk', modules], { encoding: 'utf8' })
  return {
    script: join(modules, '@keyhaven/server/dist/cli/main.js'),
    packages: Object.keys(lock.packages).length,
    megabytes: Number.parseInt(size, 10) / 1024,
    remove: () => rmSync(folder, { recursive: true }),
  }
}

function npm(folder: string, ...args: readonly string[]): void {
  execFileSync('npm', [...args, '--silent'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
