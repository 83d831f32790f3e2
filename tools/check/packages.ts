import { enforce, importsOf, isTest } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

// Which package may import which, and how.

const arrows: Readonly<Record<string, readonly RegExp[]>> = {
  core: [],
  guard: [/^@keyhaven\/core/],
  client: [/^@keyhaven\/core\/(wire|access|errors)$/],
  pages: [/^@keyhaven\/client/],
  server: [/^@keyhaven\/core/, /^@keyhaven\/guard/],
  stage: [/^@keyhaven\//],
}

/** What the server has of the guard, beyond what the guard promises. */
const KIT = '@keyhaven/guard/kit'

/** A package imports those below it, by their entry points; outside the packages everything does. */
export const packagesHold: Rule = (sources) => sources.flatMap(faultsOf)

function faultsOf(source: Source): readonly string[] {
  const name = /^packages\/(\w+)\/src\//.exec(source.path)?.[1]
  const imports = importsOf(source)
  if (source.path.startsWith('examples/') && imports.some(({ from }) => from === KIT)) {
    return [`${source.path}: imports ${KIT}, which promises nothing to an application`]
  }
  if (name === undefined || isTest(source.path)) {
    return imports
      .filter(({ target }) => target !== undefined && reachesInto(source.path, target))
      .map(({ from }) => `${source.path}: imports ${from} past the entry points of its package`)
  }
  const allowed = arrows[name]
  if (allowed === undefined) return [`${source.path}: ${name} is no package that the rule knows`]
  return imports.flatMap(({ from, target }) => {
    if (
      target !== undefined &&
      !target.startsWith(`packages/${name}/`) &&
      target !== 'tests/doses.ts'
    ) {
      return [`${source.path}: reaches out of its package to ${from}`]
    }
    const foreign = from.startsWith('@keyhaven/') && from.split('/')[1] !== name
    return foreign && !allowed.some((one) => one.test(from))
      ? [`${source.path}: ${name} must not import ${from}`]
      : []
  })
}

/** A test beside a file is inside its package; everything else outside gets what the package exports. */
function reachesInto(path: string, target: string): boolean {
  const name = /^packages\/(\w+)\/src\//.exec(target)?.[1]
  return name !== undefined && !path.startsWith(`packages/${name}/`)
}

if (import.meta.main) enforce(packagesHold)
