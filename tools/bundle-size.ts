import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Metafile } from 'esbuild'
import { root } from './root.ts'

/**
 * Bytes that a page downloads before this module runs: its chunk and the chunks that it imports
 * statically, bundled with code splitting, minified for production and compressed with gzip. Chunks
 * that are loaded later don't count.
 */
export async function bundleSize(
  contents: string,
  external: readonly string[] = [],
): Promise<number> {
  const outdir = `${root}/.work/size`
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: `${root}/bench` },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    outdir,
    absWorkingDir: root,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['keyhaven-source'],
    external: [...external],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  const entries = new Set(staticChunks(metafile).map((path) => `${root}/${path}`))
  return outputFiles
    .filter(({ path }) => entries.has(path))
    .reduce((sum, { contents: bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0)
}

/** The entry chunk, and every chunk that can be reached from it by static imports. */
function staticChunks({ outputs }: Metafile): readonly string[] {
  const entry = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === '<stdin>')
  const found = new Set(entry)
  for (const path of found) {
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) found.add(imported)
    }
  }
  return [...found]
}

/** What a page takes of the client: the store only, with the React binding's usual parts, and with an app's tokens. */
export const ours = {
  core: `export { createAuth } from '@keyhaven/client'`,
  react: `export { createAuth } from '@keyhaven/client'
    export { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from '@keyhaven/client/react'`,
  native: `export { createAuth } from '@keyhaven/client'
    export { capacitorStorage, createNativeAuth } from '@keyhaven/client/native'`,
} as const
