import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { buildPages } from '@keyhaven/pages/build'
import { build } from 'esbuild'
import { alreadyLoaded } from './bundle/already-loaded.ts'
import { builtins } from './bundle/builtins.ts'
import { noTransports } from './bundle/no-transports.ts'
import { rateLimiters } from './bundle/rate-limiters.ts'
import { thirdParty } from './bundle/third-party.ts'
import { root } from './root.ts'

/**
 * What Node loads from one package: a start reads a few files in place of hundreds. Its entry points are
 * bundled from `src` to `dist`, with shared code in `dist/lib`. The packages that its manifest names as dependencies
 * stay outside; the others are bundled with it, and `dist/THIRD-PARTY.txt` has their licences.
 */
export interface Bundle {
  readonly name: string
  /** Files of `src` that are loaded by their path, such as the script of a thread: they go to `dist/lib`. */
  readonly threads?: readonly string[]
  /** Without the white space, because Node hashes, decodes and keeps the whole text of a script. */
  readonly isMinified?: boolean
}

/** The client is not among them: the bundler of an application reads its modules one by one. */
export const bundles: readonly Bundle[] = [
  { name: 'core' },
  { name: 'guard' },
  { name: 'server', threads: ['secrets/hashes/hash-worker.ts'], isMinified: true },
]

/** Writes the JavaScript of a package; its declarations are the compiler's. */
export async function bundle({ name, threads = [], isMinified = false }: Bundle): Promise<void> {
  const folder = `${root}/packages/${name}`
  removeScripts(`${folder}/dist`)
  const { dependencies, peerDependencies, ...manifest } = manifestOf(folder)
  const { metafile } = await build({
    entryPoints: [
      ...entryPoints(manifest).map((path) => ({ in: `${folder}/src/${path}.ts`, out: path })),
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
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    mainFields: ['module', 'main'],
    plugins: [builtins, rateLimiters, noTransports, alreadyLoaded(`${folder}/src`)],
    minifySyntax: isMinified,
    minifyWhitespace: isMinified,
    metafile: true,
    absWorkingDir: root,
    sourcemap: true,
    // The sources are in the package
    sourcesContent: false,
    logLevel: 'warning',
  })
  if (name === 'server') await buildPages()
  const notices = thirdParty(metafile)
  if (notices !== '') writeFileSync(`${folder}/dist/THIRD-PARTY.txt`, notices)
}

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default: string }>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest
}

/** The scripts that `exports` and `bin` name, below `dist` and without their ending. */
function entryPoints({ exports, bin = {} }: Manifest): readonly string[] {
  const scripts = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)]
  return scripts.map((script) => script.replace(/^(\.\/)?dist\/|\.js$/g, ''))
}

/** Scripts of an earlier build have other names. */
function removeScripts(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\.js(\.map)?$/.test(path)) rmSync(`${folder}/${path}`)
  }
}
