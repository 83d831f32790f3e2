import { declarationsOf, enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** Every exported name has a comment that says what it is. */
export const exportsAreDocumented: Rule = (sources) =>
  sources
    .filter(({ path }) => /^packages\/\w+\/src\//.test(path) && !isTest(path))
    .flatMap((source) =>
      declarationsOf(source)
        .filter(({ exported, node }) => exported && !isCommented(source.text, node.getFullStart()))
        .map(({ names }) => `${source.path}: ${names.join(', ')} has no comment`),
    )

function isCommented(text: string, start: number): boolean {
  return /^\s*(\/\/[^\n]*\s*)*\/\*\*/.test(text.slice(start))
}

if (import.meta.main) enforce(exportsAreDocumented)
