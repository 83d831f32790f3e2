import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

/** Pages that the service serves below `{issuer}/pages/`. Each one shows the element of its name. */
const pages = [
  'sign-in',
  'sign-up',
  'signed-out',
  'verify',
  'forgot',
  'reset',
  'email-change',
  'erasure',
  'deny',
  'second-factor',
  'step-up',
  'account',
]

const sources = import.meta.dirname

const root = join(sources, '../../..')

/**
 * Builds the service's own pages into the package of the server. Script and style have the hash of their
 * content in their names. Parallel runs write the same content.
 *
 * All pages share one script: it is as large as the thirty chunks of the sign-in page, because they compress better
 * together, and a visit of the next page finds it in the browser's cache.
 */
export async function buildPages(): Promise<void> {
  const folder = `${root}/packages/server/dist/pages`
  mkdirSync(folder, { recursive: true })
  const own = mkdtempSync(`${folder}-new-`)
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${sources}/page.ts`, `${sources}/pages.css`],
    entryNames: '[name]-[hash]',
    outdir: own,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    conditions: ['keyhaven-source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    metafile: true,
    logLevel: 'warning',
  })
  const files = Object.entries(metafile.outputs)
  const builtFrom = (source: string): string =>
    basename(files.find(([, { entryPoint }]) => entryPoint?.endsWith(`/${source}`))?.[0] ?? '')
  const html = readFileSync(`${sources}/page.html`, 'utf8')
  for (const page of pages) {
    const filled = html
      .replace('%pages.css%', builtFrom('pages.css'))
      .replace('%page.js%', builtFrom('page.ts'))
      .replaceAll('%page%', page)
    writeFileSync(join(own, `${page}.html`), filled)
  }
  copyFileSync(`${sources}/mark.svg`, join(own, 'mark.svg'))
  const names = [
    ...files.map(([path]) => basename(path)),
    ...pages.map((page) => `${page}.html`),
    'mark.svg',
  ]
  for (const name of names) renameSync(join(own, name), join(folder, name))
  rmSync(own, { recursive: true })
}
