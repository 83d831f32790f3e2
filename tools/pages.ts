import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'
import type { Source } from './sources.ts'

/** Every Markdown page that people read, the generated ones too. Changelogs are history. */
export function readPages(): readonly Source[] {
  const paths = globSync('{*.md,{docs,deploy,examples,tests}/**/*.md,packages/*/README.md}', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|CHANGELOG\.md)$/.test(path),
  })
  return paths.toSorted().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** A page without its blocks of code and comments. */
export function withoutBlocks(text: string): string {
  return text
    .replaceAll(/^( *)(```+|~~~+)[\s\S]*?^\1\2 *$/gm, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
}

/** A text without its `code` marks: words in them are names. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/(`+)[^`]+\1/g, ' ')
}
