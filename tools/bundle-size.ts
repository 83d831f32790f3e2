import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './root.ts'

/** Bytes that a page downloads for this module, minified for production and compressed with gzip. */
export async function bundleSize(
  contents: string,
  external: readonly string[] = [],
): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: `${root}/bench` },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['keyhaven-source'],
    external: [...external],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}

/** What a page takes of the client: the store alone, and with the React binding's usual parts. */
export const ours = {
  core: `export { createAuth } from '@keyhaven/client'`,
  react: `export { createAuth } from '@keyhaven/client'
    export { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from '@keyhaven/client/react'`,
} as const
