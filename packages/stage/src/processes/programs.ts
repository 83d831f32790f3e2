import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { programSources } from './program.ts'
import { root } from './process.ts'

/**
 * Set-up of a run: bundles each program that tests start again and again into one file. Node spends half
 * of such a start with finding and reading hundreds of files.
 */
export default async function programs(): Promise<void> {
  const folder = join(root, '.work/programs')
  mkdirSync(folder, { recursive: true })
  // Other runs use these files at this moment, and write the same
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
    // Code for one processor, which is found from a package
    external: ['@node-rs/argon2', 'pg-native'],
    keepNames: true,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url), nodeRequire = require;",
    },
    plugins: [inItsPlace, required],
    logLevel: 'warning',
  })
  for (const name of readdirSync(own)) renameSync(join(own, name), join(folder, name))
  rmSync(own, { recursive: true })
}

/** A source that finds other files from its own place finds them there still: data, the script of a thread. */
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

/** Node's own modules are required: an import of node:http looks at each of its names, and so runs all of fetch. */
const required: Plugin = {
  name: 'required',
  setup: (building) => {
    building.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'required' }))
    building.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      // By another name, as the bundler resolves a require itself
      contents: `module.exports = nodeRequire(${JSON.stringify(path)})`,
    }))
  },
}
