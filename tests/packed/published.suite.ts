import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment } from '@keyhaven/stage/processes/clean-environment'
import { root } from '@keyhaven/stage/processes/process'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, unknown>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

const published = globSync('packages/*', { cwd: root })
  .filter((folder) => manifestOf(folder).private !== true)
  .toSorted()

/** Nothing listens there: a dry run needs no registry, and waits for none. */
const nowhere = 'http://127.0.0.1:9'

function output(command: readonly string[], folder: string): string {
  const [program = '', ...args] = command
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env: cleanEnvironment(),
    encoding: 'utf8',
    timeout: 180_000,
  })
  if (status !== 0) throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout + stderr
}

/** Whether the packages could be published: `npm run pack` must have written them to `packed`. */
export function packagesCanBePublished(work: string): void {
  describe('the published packages', () => {
    it('are four', () => {
      expect(published.map((folder) => manifestOf(folder).name)).toEqual(
        ['client', 'core', 'guard', 'server'].map((name) => `@keyhaven/${name}`),
      )
    })
    it.each(published)('%s: describes itself, in files that are in its tarball', (folder) => {
      const { name, version } = manifestOf(folder)
      expect(manifestOf(folder)).toMatchObject({
        license: 'Apache-2.0',
        publishConfig: { access: 'public' },
        repository: { type: 'git', directory: folder },
        homepage: expect.stringMatching(/^https:/),
        bugs: expect.stringMatching(/^https:/),
        description: expect.stringMatching(/\w{3}/),
        keywords: expect.arrayContaining([expect.any(String)]),
        sideEffects: expect.anything(),
      })
      const tarball = join(root, 'packed', `${name.replace('@keyhaven/', '')}.tgz`)
      const files = output(['tar', 'tzf', tarball], work).split('\n')
      for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'dist/index.js'])
        expect(files).toContain(`package/${file}`)
      expect(files.filter((file) => /\.(test|suite)\.|\/tests\/|tsbuildinfo/.test(file))).toEqual(
        [],
      )
      const read = (file: string): string => readFileSync(join(root, folder, file), 'utf8')
      expect(read('README.md')).toMatch(new RegExp(`^# ${name}\n[^]*\n\`\`\`ts\n`))
      expect(read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
      const heading = `\n## ${version}\n`
      expect(read('CHANGELOG.md')).toContain(heading)
      expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(heading)
    })
    it.each(published)('%s: npm would publish it without a warning', (folder) => {
      const offline = [
        '--registry',
        nowhere,
        '--fetch-retries',
        '0',
        '--//127.0.0.1:9/:_authToken=none',
      ]
      const printed = output(['npm', 'publish', '--dry-run', ...offline], join(root, folder))
      expect(printed).toContain(`+ ${manifestOf(folder).name}@${manifestOf(folder).version}`)
      expect(printed).toContain('public access (dry-run)')
      expect(printed).not.toMatch(/npm warn/i)
    })
  })
}

/** Imports every entry point of the packages that are installed in a folder, and calls their command. */
export function loadEntryPoints(folder: string): void {
  const entries = published.flatMap((one) => {
    const { name, exports } = manifestOf(one)
    // Frameworks are the page's own, and style sheets are no modules
    const apart = /\.css$|\/(react|vue|svelte|angular)$/
    const paths = Object.keys(exports).filter((path) => !apart.test(path))
    return paths.map((path) => join(name, path))
  })
  expect(entries.length).toBeGreaterThan(8)
  const lines = entries.map((entry) => `await import('${entry}')`)
  writeFileSync(join(folder, 'load.mjs'), [...lines, `console.log('loaded')`].join('\n'))
  expect(output([process.execPath, 'load.mjs'], folder)).toBe('loaded\n')
  const { version } = manifestOf('packages/server')
  expect(output(['node_modules/.bin/keyhaven', '--version'], folder)).toBe(`${version}\n`)
}

/** The installed server has a notice with the licence of each package that its scripts contain. */
export function noticesAreIn(folder: string): void {
  const file = join(folder, 'node_modules/@keyhaven/server/dist/THIRD-PARTY.txt')
  const notices = readFileSync(file, 'utf8').split(/^-{80}\n/m)
  const { devDependencies = {} } = manifestOf('packages/server')
  for (const [name, version] of Object.entries(devDependencies)) {
    const notice = notices.find((one) => one.startsWith(`${name} ${version} (`))
    expect(notice, name).toMatch(/copyright/i)
  }
}
