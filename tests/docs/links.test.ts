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
})
