import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { root } from './root.ts'

/** A file as a check sees it. */
export interface Source {
  /** From the checkout's folder. */
  readonly path: string
  readonly text: string
}

/** Finds what breaks a rule, a sentence each. */
export type Rule = (sources: readonly Source[]) => readonly string[]

/** Every TypeScript file of the checkout. */
export function readSources(): readonly Source[] {
  const paths = globSync('{packages/*/{src,tests},examples,tools,tests,bench}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  })
  return paths.toSorted().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Holds the checkout against rules: prints what breaks them, and ends with 1. */
export function enforce(...rules: readonly Rule[]): void {
  const sources = readSources()
  const faults = rules.flatMap((rule) => rule(sources))
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}

/** Whether a file belongs to tests. */
export function isTest(path: string): boolean {
  return /\.(test|suite)\.tsx?$/.test(path) || /^(tests|packages\/\w+\/tests)\//.test(path)
}

/** An import: what is written, and the file that it leads to if it is relative. */
export interface Import {
  readonly from: string
  readonly target: string | undefined
  readonly typeOnly: boolean
}

/** Imports as the text has them; a line in a comment or a string counts too. */
export function importsOf({ path, text }: Source): readonly Import[] {
  const found = text.matchAll(
    /(\b(?:import|export) type \{[^}]*\} )?(?:from|import)\s*\(?\s*'([^']+)'/g,
  )
  return [...found].map(([, type, from = '']) => ({
    from,
    typeOnly: type !== undefined,
    target: from.startsWith('.') ? normalize(join(dirname(path), from)) : undefined,
  }))
}

/** Files that a rule has parsed already. */
const trees = new WeakMap<Source, ts.SourceFile>()

/** The file as TypeScript reads it. */
export function parsed(source: Source): ts.SourceFile {
  const { path, text } = source
  const known = trees.get(source) ?? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  trees.set(source, known)
  return known
}

/** A declaration at the top of a file, with the names that it gives. */
export interface Declared {
  readonly names: readonly string[]
  readonly exported: boolean
  readonly node: ts.Statement
}

/** What a file declares at its top. */
export function declarationsOf(source: Source): readonly Declared[] {
  return parsed(source).statements.flatMap((node) => {
    const names = namesOf(node)
    if (names.length === 0) return []
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
    const exported = modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    return [{ names, exported, node }]
  })
}

function namesOf(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    )
  }
  const named =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  return named && node.name !== undefined ? [node.name.text] : []
}
