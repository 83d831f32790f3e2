import ts from 'typescript'
import { enforce, isTest, parsed } from '../sources.ts'
import type { Rule } from '../sources.ts'

const MOST_LINES = 80
const MOST_PARAMETERS = 3

/** A function fits on a screen, and is called without counting. */
export const functionsAreShort: Rule = (sources) =>
  sources
    .filter(({ path }) => /^packages\/\w+\/src\//.test(path) && !isTest(path))
    .flatMap((source) => {
      const faults: string[] = []
      const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
          const end = source.text.slice(node.getStart(), node.end).split('\n').length
          const at = `${source.path}: ${nameOf(node)}`
          if (end > MOST_LINES) faults.push(`${at} is over ${MOST_LINES} lines`)
          if (node.parameters.length > MOST_PARAMETERS) {
            faults.push(`${at} takes more than ${MOST_PARAMETERS} parameters`)
          }
        }
        ts.forEachChild(node, visit)
      }
      visit(parsed(source))
      return faults
    })

/** Its own name, or that of what it is given to. */
function nameOf(node: ts.Node): string {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    const name = 'name' in at ? (at.name as ts.Node | undefined) : undefined
    if (name !== undefined && ts.isIdentifier(name)) return name.text
  }
  return 'a function'
}

if (import.meta.main) enforce(functionsAreShort)
