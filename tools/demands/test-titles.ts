import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from '../root.ts'

/** A test as its file has it. */
export interface TestTitle {
  /** From the checkout's folder. */
  readonly path: string
  /** The titles of what surrounds the test, then its own. */
  readonly title: string
}

/** The titles of every test of the checkout, by file and in their order. */
export function testTitles(): readonly TestTitle[] {
  const paths = globSync('{packages/*/{src,tests},tests}/**/*.{test,suite}.{ts,tsx}', {
    cwd: root,
    // Tests of this tool hold made-up titles
    exclude: (path) => /(^|\/)(node_modules|dist)$|^tests\/tools$/.test(path),
  })
  return paths
    .toSorted()
    .flatMap((path) =>
      titlesIn(readFileSync(join(root, path), 'utf8')).map((title) => ({ path, title })),
    )
}

/** The titles of the tests in a source text. */
export function titlesIn(text: string): readonly string[] {
  const titles: string[] = []
  const file = ts.createSourceFile('test.tsx', text, ts.ScriptTarget.Latest)
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? titled(node) : undefined
    const inside = call === undefined ? around : [...around, call.title]
    if (call?.name === 'it' || call?.name === 'test') {
      const rows = rowsOf(node as ts.CallExpression, file)
      const own = rows.length > 0 ? rows.map((row) => filled(call.title, row)) : [call.title]
      titles.push(...own.map((title) => [...around, title].join(' › ')))
    }
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  visit(file, [])
  return titles
}

/** The title of a row: the row replaces the first `%s`, or follows the title. */
function filled(title: string, row: string): string {
  return title.includes('%s') ? title.replace('%s', () => row) : `${title}: ${row}`
}

/** The texts of a table of `it.each` that name something in brackets: `a planted cookie (CK-5)`. */
function rowsOf({ expression: each }: ts.CallExpression, file: ts.SourceFile): readonly string[] {
  if (!ts.isCallExpression(each)) return []
  const rows: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && /\([A-Z]+-?\d/.test(node.text)) rows.push(node.text)
    ts.forEachChild(node, visit)
  }
  for (const table of each.arguments)
    visit(ts.isIdentifier(table) ? constantOf(table, file) : table)
  return rows
}

/** The value of a name at the top of the file. */
function constantOf({ text }: ts.Identifier, file: ts.SourceFile): ts.Node {
  const constants = file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
  return (
    constants.find(({ name }) => ts.isIdentifier(name) && name.text === text) ??
    ts.factory.createNull()
  )
}

/** `it('…')`, `describe.each(…)('…')` and the like: which of them, and the title. */
function titled(call: ts.CallExpression): { name: string; title: string } | undefined {
  const [first] = call.arguments
  if (first === undefined || !ts.isStringLiteralLike(first)) return undefined
  let callee: ts.Expression = call.expression
  while (!ts.isIdentifier(callee)) {
    if (!ts.isPropertyAccessExpression(callee) && !ts.isCallExpression(callee)) return undefined
    callee = callee.expression
  }
  return /^(it|test|describe)$/.test(callee.text)
    ? { name: callee.text, title: first.text }
    : undefined
}
