import ts from 'typescript'
import { enforce, parsed } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

const MOST_LINES = 60
const binding = /^packages\/client\/src\/(angular|next|react|svelte|vue)\.ts$/

/** The binding of a framework adds little to the store: it is read in a minute. */
export const bindingsAreShort: Rule = (sources) =>
  sources
    .filter(({ path }) => binding.test(path))
    .map((source) => ({ path: source.path, lines: linesOfCode(source) }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines of code, more than ${MOST_LINES}`)

/** Lines of statements, without imports, types, comments and empty lines. */
function linesOfCode(source: Source): number {
  return parsed(source)
    .statements.filter((one) => !isNoCode(one))
    .flatMap((one) => one.getText().split('\n'))
    .filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length
}

function isNoCode(node: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isModuleDeclaration(node)
  )
}

if (import.meta.main) enforce(bindingsAreShort)
