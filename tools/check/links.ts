import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { readPages, withoutBlocks, withoutMarks } from '../pages.ts'
import { root } from '../root.ts'
import { enforce } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

/** The page that has a line for every other page of `docs`. */
const INDEX = 'docs/README.md'

/** Every link of a page leads to a file, and to a heading of it; every page of `docs` is in the index. */
export const linksLead: Rule = (sources) => {
  const pages = new Map([...readPages(), ...sources].map((one) => [one.path, one]))
  const markdown = [...pages.values()].filter(({ path }) => path.endsWith('.md'))
  return [
    ...markdown.flatMap((page) => deadLinks(page, pages)),
    ...markdown.flatMap((page) => deadPaths(page, pages)),
    ...markdown.flatMap((page) => deadSources(page, pages)),
    ...markdown.flatMap((page) => deadTests(page, [...pages.keys()])),
    ...unlisted(markdown),
  ]
}

interface Link {
  readonly written: string
  /** From the checkout's folder; without a slash at its end. */
  readonly target: string
  readonly anchor: string | undefined
}

function linksOf({ path, text }: Source): readonly Link[] {
  const prose = withoutMarks(withoutBlocks(text))
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, written = '']) => {
    if (/^[a-z]+:/.test(written)) return []
    const [file = '', anchor] = written.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '')
    return [{ written, target, anchor }]
  })
}

function deadLinks(page: Source, pages: ReadonlyMap<string, Source>): readonly string[] {
  return linksOf(page).flatMap(({ written, target, anchor }) => {
    if (!isThere(target, pages)) return [`${page.path}: ${written} leads to no file`]
    if (anchor === undefined || headingsOf(pages.get(target)).includes(anchor)) return []
    return [`${page.path}: ${written} leads to no heading`]
  })
}

/** Paths in code marks that begin with a folder of the checkout. Patterns, and what is installed, are none. */
function deadPaths(page: Source, pages: ReadonlyMap<string, Source>): readonly string[] {
  const written = withoutBlocks(page.text).matchAll(
    /`((?:bench|deploy|docs|examples|packages|tests|tools)\/[\w./-]+)`/g,
  )
  return [...written].flatMap(([, path = '']) =>
    path.includes('node_modules/') || isThere(path.replace(/\/$/, ''), pages)
      ? []
      : [`${page.path}: \`${path}\` is no file`],
  )
}

/** The only page that leaves the start of a path out, so that its tables and sentences stay short. */
const SHORT_PATHS = new Map([['ARCHITECTURE.md', 'packages/server/src']])

/**
 * Paths of files in code marks, whatever they begin with: from the checkout's folder or the page's. A path that ends
 * with a placeholder, as `packages/server/src/flows/<domain>`, is checked up to it.
 */
function deadSources(page: Source, pages: ReadonlyMap<string, Source>): readonly string[] {
  const bases = ['', dirname(page.path), SHORT_PATHS.get(page.path) ?? '']
  const written = withoutBlocks(page.text).matchAll(/`(\w[\w.-]*(?:\/[\w.<>-]+)+)`/g)
  return [...written].flatMap(([, path = '']) => {
    const known = path.replace(/\/[^/]*<.*$/, '')
    const isFile = /\.(ts|tsx|js|mjs|css|md|json|ya?ml|conf|html)$/.test(path)
    const isFolder = known !== path || /^(core|guard|client|server|stage)\/src\//.test(path)
    if (isTestName(path) || path.includes('node_modules/') || !(isFile || isFolder)) return []
    return bases.some((base) => isThere(join(base, known), pages))
      ? []
      : [`${page.path}: \`${path}\` is no path from the folder of the checkout or of the page`]
  })
}

function isTestName(path: string): boolean {
  return /\.(test|suite)\.tsx?$/.test(path)
}

/** Names of tests in code marks, with or without their folder. */
function deadTests(page: Source, paths: readonly string[]): readonly string[] {
  const written = withoutBlocks(page.text).matchAll(/`([\w./-]+\.(?:test|suite)\.tsx?)`/g)
  return [...written].flatMap(([, name = '']) =>
    paths.some((path) => path === name || path.endsWith(`/${name}`))
      ? []
      : [`${page.path}: there is no test \`${name}\``],
  )
}

function isThere(path: string, pages: ReadonlyMap<string, Source>): boolean {
  return pages.has(path) || existsSync(join(root, path))
}

/** Anchors of a page's headings, as the hosts of repositories make them. */
function headingsOf(page: Source | undefined): readonly string[] {
  const headings = withoutBlocks(page?.text ?? '').matchAll(/^#+ (.+)$/gm)
  const seen = new Map<string, number>()
  return [...headings].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  })
}

/** Pages of `docs` without a line `[title](page): sentence` in the index or in their folder's README. */
function unlisted(pages: readonly Source[]): readonly string[] {
  const listed = new Set(
    pages
      .filter(({ path }) => /^docs\/(\w+\/)?README\.md$/.test(path))
      .flatMap(({ path, text }) => {
        const lines = text.split('\n').filter((line) => /^- \[[^\]]+\]\([^)]+\): \S/.test(line))
        return linksOf({ path, text: lines.join('\n') }).map(({ target }) => target)
      }),
  )
  return pages
    .filter(({ path }) => path.startsWith('docs/') && path !== INDEX && !listed.has(path))
    .map(({ path }) => `${path}: has no line with a sentence in ${INDEX}`)
}

if (import.meta.main) enforce(linksLead)
