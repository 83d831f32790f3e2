import { basename } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Metafile } from 'esbuild'
import { root } from './root.ts'

/** esbuild's name of the module that is given as a text. */
const ENTRY = '<stdin>'

/** Where a bundle's imports are found, and which of them it doesn't contain. */
export interface BundleOptions {
  readonly external?: readonly string[]
  readonly folder?: string
}

/** A part of a bundle that is downloaded by itself. */
export interface Chunk {
  /** Compressed. */
  readonly bytes: number
  readonly modules: readonly string[]
}

/** A module bundled with code splitting, minified for production. Its chunks are compressed one by one. */
export interface Bundle {
  /** Modules that have a chunk of their own because they are imported later. */
  readonly later: readonly string[]
  /**
   * Chunks that a page downloads before these modules run: theirs, and those that they import
   * statically. Without modules: those of the entry.
   */
  readonly chunks: (modules?: readonly string[]) => readonly Chunk[]
  /** The content of each file, by its name; `stdin.js` is the entry. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Bundles the text of a module for a page. */
export async function bundleOf(
  contents: string,
  { external = [], folder = `${root}/bench` }: BundleOptions = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, loader: 'tsx' },
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: `${root}/.work/size`,
    absWorkingDir: root,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    conditions: ['keyhaven-source'],
    external: [...external],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  const { outputs } = metafile
  const chunks = new Map(
    outputFiles.map(({ path, contents: text }): [string, Chunk] => {
      const name = path.slice(root.length + 1)
      const modules = Object.keys(outputs[name]?.inputs ?? {})
      return [name, { bytes: gzipSync(text, { level: 9 }).length, modules }]
    }),
  )
  return {
    later: Object.values(outputs).flatMap(({ entryPoint }) =>
      entryPoint === undefined || entryPoint === ENTRY ? [] : [entryPoint],
    ),
    chunks: (modules = [ENTRY]) =>
      staticChunks(outputs, modules).flatMap((path) => chunks.get(path) ?? []),
    files: new Map(outputFiles.map(({ path, contents: content }) => [basename(path), content])),
  }
}

/** Bytes of minified gzip that a page downloads before this module runs. Chunks that are loaded later don't count. */
export async function bundleSize(contents: string, options: BundleOptions = {}): Promise<number> {
  return sum((await bundleOf(contents, options)).chunks())
}

function sum(chunks: Iterable<Chunk>): number {
  return [...chunks].reduce((total, { bytes }) => total + bytes, 0)
}

/** The chunks of entry points, and every chunk that can be reached from them by static imports. */
function staticChunks(outputs: Metafile['outputs'], entries: readonly string[]): readonly string[] {
  const found = new Set(
    Object.keys(outputs).filter((path) => entries.includes(outputs[path]?.entryPoint ?? '')),
  )
  for (const path of found) {
    const { cssBundle } = outputs[path] ?? {}
    if (cssBundle !== undefined) found.add(cssBundle)
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) found.add(imported)
    }
  }
  return [...found]
}

/** Frameworks, which an application has anyway. */
export const frameworks: readonly string[] = [
  'react',
  'react-dom',
  'vue',
  'svelte',
  '@angular/*',
  'rxjs',
]

/** What a page takes of the client: the store only, with the usual parts of a binding, and with an app's tokens. */
export const ours = {
  core: `export { createAuth } from '@keyhaven/client'`,
  react: `export { createAuth } from '@keyhaven/client'
    export { AuthProvider, Restricted, SignedIn, SignedOut, useAuth } from '@keyhaven/client/react'`,
  vue: `export { createAuth } from '@keyhaven/client'
    export { createKeyhaven, useAuth } from '@keyhaven/client/vue'`,
  svelte: `export { createAuth } from '@keyhaven/client'
    export { useAuth } from '@keyhaven/client/svelte'`,
  angular: `export { createAuth } from '@keyhaven/client'
    export { injectAuth, provideKeyhaven } from '@keyhaven/client/angular'`,
  native: `export { createAuth } from '@keyhaven/client'
    export { capacitorStorage, createNativeAuth } from '@keyhaven/client/native'`,
} as const

/** Bytes of the elements, beyond the client's core. */
export interface ElementSizes {
  /** The elements themselves, before they show a form. */
  readonly door: number
  /** Parts that forms share. */
  readonly kit: number
  /** The code of each form that no other form has. */
  readonly forms: Readonly<Record<string, number>>
  /** All words of each language. */
  readonly words: Readonly<Record<string, number>>
  /** Their stylesheet, with the tokens. */
  readonly style: number
  /** The part of the client that calls the service; the elements download it in parallel. */
  readonly engine: number
}

const lib = 'packages/client/src/lib'
/** Modules with forms: those in folders of the elements, except the parts and the words. */
const formModule = new RegExp(`^${lib}/elements/(?!kit/|texts/)\\w+/`)

/** Measures `@keyhaven/client/elements`. */
export async function elementSizes(): Promise<ElementSizes> {
  const { later, chunks } = await bundleOf(`${ours.core}\nimport '@keyhaven/client/elements'`)
  const door = new Set(chunks())
  const beyond = (known: ReadonlySet<Chunk>, modules: readonly string[]): readonly Chunk[] =>
    chunks(modules).filter((chunk) => !known.has(chunk))
  const forms = later.filter((one) => formModule.test(one))
  const users = Map.groupBy(
    forms.flatMap((form) => beyond(door, [form])),
    (chunk) => chunk,
  )
  const isOwn = (chunk: Chunk): boolean => users.get(chunk)?.length === 1
  const run = beyond(door, [`${lib}/elements/run.ts`])
  const kit = new Set([...run, ...[...users.keys()].filter((chunk) => !isOwn(chunk))])
  const words = later.filter((one) => one.startsWith(`${lib}/elements/texts/`))
  const languageOf = (path: string): string => path.split('/').at(-2) ?? ''
  return {
    door: sum(door) - (await bundleSize(ours.core)),
    kit: sum(kit),
    forms: Object.fromEntries(
      forms.map((one) => [
        one.slice(`${lib}/elements/`.length, -'.ts'.length),
        sum(beyond(door, [one]).filter(isOwn)),
      ]),
    ),
    words: Object.fromEntries(
      [...Map.groupBy(words, languageOf)].map(([language, all]) => [
        language,
        sum(beyond(door, all)),
      ]),
    ),
    style: await bundleSize(`import '@keyhaven/client/elements.css'`),
    engine: sum(
      beyond(
        new Set([...door, ...kit]),
        later.filter((one) => one.startsWith(`${lib}/engine/`)),
      ),
    ),
  }
}
