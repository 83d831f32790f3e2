import ts from 'typescript'
import { declarationsOf, enforce, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

const MOST_KEYS = 12

/** These have as many as what they describe: tables of a database, and the wire. */
const excepted = /^packages\/(server\/src\/(database|config)\/|core\/src\/lib\/wire\/)/

/** By name, each with its reason. */
const named: Readonly<Record<string, string>> = {
  Known: 'all that a page knows: the one value that `transition` takes and gives back',
  Keyhaven: 'what `createKeyhaven` gives, as the contract has it',
  Revocations: 'the copy of the revocations, as the contract has it',
  GuardSources: 'all that a decision goes by, so that it needs nothing else',
  Site: 'where a service stands: every name and origin, worked out once',
}

/** What is handed over in one piece has few parts. */
export const interfacesAreSmall: Rule = (sources) =>
  sources
    .filter(
      ({ path }) => /^packages\/\w+\/src\//.test(path) && !isTest(path) && !excepted.test(path),
    )
    .flatMap((source) =>
      declarationsOf(source).flatMap(({ node, names: [name = ''] }) =>
        ts.isInterfaceDeclaration(node) && node.members.length > MOST_KEYS && !(name in named)
          ? [`${source.path}: ${name} has more than ${MOST_KEYS} keys`]
          : [],
      ),
    )

if (import.meta.main) enforce(interfacesAreSmall)
