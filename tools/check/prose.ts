import ts from 'typescript'
import { readPages, withoutBlocks, withoutMarks } from '../pages.ts'
import { enforce, isTest, parsed, readSources } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

/** Words that plain English rarely needs, and how many of them a thousand words may hold (STYLE.md). */
interface Rate {
  readonly words: string
  readonly find: RegExp
  readonly atMost?: number
  readonly atLeast?: number
}

const rates: readonly Rate[] = [
  { words: 'tell, tells, told, telling', find: /^(tell|tells|told|telling)$/, atMost: 0.3 },
  { words: 'hear, hears, heard, hearing', find: /^(hear|hears|heard|hearing)$/, atMost: 0.1 },
  {
    words: 'whoever, whom, nobody, somebody, anybody',
    find: /^(whoever|whom|nobody|somebody|anybody)$/,
    atMost: 0.2,
  },
  { words: 'where', find: /^where$/, atMost: 1.2 },
]
/** Guides address their reader. Comments have none. */
const address: Rate = { words: 'you, your', find: /^(you|your)$/, atLeast: 6 }

/** What is counted together. */
interface Kind {
  readonly name: string
  readonly rates: readonly Rate[]
  /** The prose of a file that belongs to this kind. */
  proseOf(source: Source): string | undefined
}

const docs: Kind = {
  name: 'docs',
  rates: [...rates, address],
  proseOf: ({ path, text }) => (path.endsWith('.md') ? proseOfPage(text) : undefined),
}
const comments: Kind = {
  name: 'comments',
  rates,
  proseOf: (source) =>
    /^packages\/\w+\/src\/.*\.tsx?$/.test(source.path) && !isTest(source.path)
      ? proseOfComments(source)
      : undefined,
}
const kinds: readonly Kind[] = [docs, comments]

/** Docs and comments are written in plain words: the rates hold over all of a kind, not in each file. */
export const proseIsPlain: Rule = (sources) => {
  const all = [...readPages(), ...sources]
  return kinds.flatMap((kind) => measured(kind, all).flatMap(({ fault }) => fault ?? []))
}

/** One rate of a kind as it is, with the files that have most, and the sentence if it is broken. */
interface Measure {
  readonly line: string
  readonly fault?: string
}

function measured(kind: Kind, sources: readonly Source[]): readonly Measure[] {
  const files = sources.flatMap((source) => {
    const prose = kind.proseOf(source)
    return prose === undefined ? [] : [{ path: source.path, words: wordsOf(prose) }]
  })
  const all = files.reduce((sum, { words }) => sum + words.length, 0)
  return kind.rates.map(({ words, find, atMost = Infinity, atLeast = 0 }) => {
    const found = files
      .map((file) => ({
        path: file.path,
        count: file.words.filter((one) => find.test(one)).length,
      }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count)
    const rate = (1000 * found.reduce((sum, { count }) => sum + count, 0)) / Math.max(all, 1)
    const limit = atLeast > 0 ? `at least ${atLeast}` : `at most ${atMost}`
    const most = found.slice(0, 5).map(({ path, count }) => `${path} ${count}`)
    const line = `${kind.name}: ${words}: ${rate.toFixed(2)} in 1,000 words, ${limit}; most in ${most.join(', ') || 'none'}`
    return rate > atMost || rate < atLeast ? { line, fault: line } : { line }
  })
}

function wordsOf(prose: string): readonly string[] {
  return prose.toLowerCase().match(/[\p{L}\d]+(?:['’-][\p{L}\d]+)*/gu) ?? []
}

/** A page without blocks of code, `code` marks and targets of links. */
function proseOfPage(text: string): string {
  return withoutMarks(withoutBlocks(text).replaceAll(/\]\([^)]*\)/g, ']'))
}

/** The comments of files that were read already. */
const commented = new WeakMap<Source, string>()

function proseOfComments(source: Source): string {
  const prose = commented.get(source) ?? withoutMarks(commentsOf(source))
  commented.set(source, prose)
  return prose
}

function commentsOf(source: Source): string {
  const { text } = source
  const found = new Map<number, string>()
  const keep = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) found.set(pos, text.slice(pos, end))
  }
  const visit = (node: ts.Node): void => {
    if (!ts.isJsxText(node)) {
      keep(ts.getLeadingCommentRanges(text, node.getFullStart()))
      keep(ts.getTrailingCommentRanges(text, node.getEnd()))
    }
    for (const child of node.getChildren()) visit(child)
  }
  visit(parsed(source))
  return [...found.values()].join('\n')
}

if (import.meta.main) {
  const all = [...readPages(), ...readSources()]
  for (const kind of kinds) {
    for (const { line } of measured(kind, all)) console.log(line)
  }
  enforce(proseIsPlain)
}
