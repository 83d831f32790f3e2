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
import type { Metafile } from 'esbuild'

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
 * Builds the service's own pages into the package of the server. Scripts and styles have the hash of
 * their content in their names. Parallel runs write the same content.
 */
export async function buildPages(): Promise<void> {
  const folder = `${root}/packages/server/dist/pages`
  mkdirSync(folder, { recursive: true })
  const own = mkdtempSync(`${folder}-new-`)
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${sources}/page.ts`, `${sources}/pages.css`],
    entryNames: '[name]-[hash]',
    chunkNames: 'lib-[hash]',
    outdir: own,
    bundle: true,
    splitting: true,
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
  const preloads = (page: string): string =>
    neededBy(metafile, page)
      .map((path) => `<link rel="modulepreload" href="${basename(path)}" />`)
      .join('\n    ')
  for (const page of pages) {
    const filled = html
      .replace('%pages.css%', builtFrom('pages.css'))
      .replace('%preloads%', preloads(page))
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

/** Modules that every page imports later: what shows a form, and what calls the service. */
const always = ['elements/run.ts', 'engine/engine.ts']

/**
 * Chunks that a page needs before it can be used, in the order of their imports. A browser that knows them from the
 * start fetches them at once, and not one after the other. Words depend on the language of the visit.
 */
function neededBy({ outputs }: Metafile, page: string): readonly string[] {
  const entry = Object.keys(outputs).find((path) =>
    outputs[path]?.entryPoint?.endsWith('pages/src/page.ts'),
  )
  const own = new RegExp(`/elements/(\\w+/${page}\\.ts$|${page}/)`)
  const isLater = (module: string): boolean =>
    own.test(module) || always.some((one) => module.endsWith(one))
  const found = new Set(entry === undefined ? [] : [entry])
  for (const path of found) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      const { entryPoint = '' } = outputs[imported] ?? {}
      if (kind === 'import-statement' || isLater(entryPoint)) found.add(imported)
    }
  }
  return [...found].slice(1)
}
