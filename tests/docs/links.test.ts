import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '@keyhaven/stage/processes/process'
import { describe, expect, it } from 'vitest'

const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'tests/**/*.md'], {
  cwd: root,
  exclude: (path) => /(^|\/)node_modules$/.test(path),
})

const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** The anchors of a page's headings, as hosts of Markdown make them. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)]
  return headings.map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('the pages of the repository', () => {
  it('link to files and headings that exist', () => {
    expect(pages.length).toBeGreaterThan(30)
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
        .filter(([, file = '', anchor]) => {
          const target = file === '' ? page : join(dirname(page), file)
          if (!existsSync(join(root, target))) return true
          return anchor !== undefined && !anchorsOf(target).includes(anchor)
        })
        .map(([link]) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })
  it('name tests and other files that exist', () => {
    const files = globSync('**/*.{ts,tsx,js,mjs,json,css,yml,yaml,conf,tgz,md}', {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist|\.work)$/.test(path),
    })
    const missing = pages.flatMap((page) =>
      named(read(page))
        .filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))
        .map((name) => `${page}: ${name}`),
    )
    expect(missing).toEqual([])
  })
})

/** Files of this repository that a page names: tests by any part of their path, others by their whole path. */
function named(text: string): readonly string[] {
  const test = /[\w./-]+\.(?:test|suite)\.tsx?\b/
  const other = /(?<=`)(?:packages|tests|tools|docs|deploy|examples|bench)\/[\w./-]+\.\w+(?=`)/
  return [...text.matchAll(new RegExp(`${test.source}|${other.source}`, 'g'))].map(([name]) => name)
}
