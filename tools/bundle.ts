import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import { root } from './root.ts'

/**
 * What Node loads from one package: a start reads a few files in place of hundreds. Its entry points are
 * bundled from `src` to `dist`, with shared code in `dist/lib`; other packages stay outside.
 */
export interface Bundle {
  readonly name: string
  /** Files of `src` that are loaded by their path, such as the script of a thread: they go to `dist/lib`. */
  readonly threads?: readonly string[]
}

/** The client is not among them: the bundler of an application reads its modules one by one. */
export const bundles: readonly Bundle[] = [
  { name: 'core' },
  { name: 'guard' },
  { name: 'server', threads: ['secrets/hashes/hash-worker.ts'] },
]

/** Writes the JavaScript of a package; its declarations are the compiler's. */
export async function bundle({ name, threads = [] }: Bundle): Promise<void> {
  const folder = `${root}/packages/${name}`
  removeScripts(`${folder}/dist`)
  await build({
    entryPoints: [
      ...entryPoints(folder).map((path) => ({ in: `${folder}/src/${path}.ts`, out: path })),
      ...threads.map((path) => ({
        in: `${folder}/src/${path}`,
        out: `lib/${path.replace(/.*\/|\.ts$/g, '')}`,
      })),
    ],
    outdir: `${folder}/dist`,
    chunkNames: 'lib/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    packages: 'external',
    sourcemap: true,
    // The sources are in the package
    sourcesContent: false,
    logLevel: 'warning',
  })
}

/** The scripts that `exports` and `bin` name, below `dist` and without their ending. */
function entryPoints(folder: string): readonly string[] {
  const text = readFileSync(`${folder}/package.json`, 'utf8')
  const { exports, bin = {} } = JSON.parse(text) as {
    exports: Record<string, { default: string }>
    bin?: Record<string, string>
  }
  const scripts = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)]
  return scripts.map((script) => script.replace(/^(\.\/)?dist\/|\.js$/g, ''))
}

/** Scripts of an earlier build have other names. */
function removeScripts(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\.js(\.map)?$/.test(path)) rmSync(`${folder}/${path}`)
  }
}
