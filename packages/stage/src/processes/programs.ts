import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPages } from '@keyhaven/pages/build'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import type { TestProject } from 'vitest/node'
import { programSources } from './program.ts'
import { root } from './process.ts'

/**
 * Set-up of a run: bundles each program that tests start often into one file. Otherwise Node spends half of each
 * start on finding and reading hundreds of files.
 */
export default async function programs(project: TestProject): Promise<void> {
  const folder = project.config.env['TEST_PROGRAMS'] ?? ''
  if (isBuilt(folder)) return
  mkdirSync(folder, { recursive: true })
  // The service reads its own pages from the build
  await buildPages()
  // Parallel runs use these files, and write the same content
  const own = mkdtempSync(join(folder, 'new-'))
  await build({
    absWorkingDir: root,
    entryPoints: programSources,
    outdir: own,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['keyhaven-source'],
    // Native code, which has to be loaded from its package
    external: ['@node-rs/argon2', 'pg-native'],
    keepNames: true,
    // Node hashes and decodes the whole file at each start
    minifySyntax: true,
    minifyWhitespace: true,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), nodeRequire = require;",
    },
    plugins: [inItsPlace, required, ...(basename(folder) === 'cheap' ? [cheap] : [])],
    logLevel: 'warning',
  })
  for (const name of readdirSync(own)) renameSync(join(own, name), join(folder, name))
  rmSync(own, { recursive: true })
}

/** Whether an earlier project of this `npm test`, which says when it began, has built them. */
function isBuilt(folder: string): boolean {
  const began = Number(process.env['TEST_BEGAN'] ?? Infinity)
  return Object.keys(programSources).every((name) => {
    const file = statSync(join(folder, `${name}.mjs`), { throwIfNoEntry: false })
    return file !== undefined && file.mtimeMs > began
  })
}

/** Keeps `import.meta.url` of each source, by which it finds other files: data, the script of a thread. */
const inItsPlace: Plugin = {
  name: 'in its place',
  setup: (building) => {
    building.onLoad({ filter: /\/packages\/\w+\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }))
  },
}

/** Hashes passwords at a hundredth of the cost, and waits for no disk. */
const cheap: Plugin = {
  name: 'cheap',
  setup: (building) => {
    building.onResolve({ filter: /^\.\/(hash-cost|durability)\.ts$/ }, ({ path }) => ({
      path: join(root, 'packages/stage/src/cheap', path),
    }))
  },
}

/** Loads Node's own modules by `require`: an import of node:http reads each of its names, which loads all of fetch. */
const required: Plugin = {
  name: 'required',
  setup: (building) => {
    building.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'required' }))
    building.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      // By another name, because the bundler would resolve a `require` itself
      contents: `module.exports = nodeRequire(${JSON.stringify(path)})`,
    }))
  },
}
