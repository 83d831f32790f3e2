import ts from 'typescript'
import { declarationsOf, enforce, isTest } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

/** Names that say nothing. */
const empty = /(^|\/)(utils|helpers|common|shared|types|misc|manager|service)s?(\.tsx?$|\/)/

/** Types that every file may have for itself. */
const everywhere = new Set(['Needs'])

/** Files and folders are named by what is in them, and a package gives no name to two types. */
export const namesAreTrue: Rule = (sources) => [
  ...sources
    .filter(({ path }) => empty.test(path))
    .map(({ path }) => `${path}: its name says nothing; name what is in it`),
  ...twice(sources),
]

function twice(sources: readonly Source[]): readonly string[] {
  const places = new Map<string, string[]>()
  for (const source of sources) {
    // Entry points for different frameworks give the same names to the same parts
    const name = /^packages\/(\w+)\/src\/.+\//.exec(source.path)?.[1]
    if (name === undefined || isTest(source.path)) continue
    for (const { node, names, exported } of declarationsOf(source)) {
      if (!exported || !(ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)))
        continue
      for (const type of names) {
        if (everywhere.has(type)) continue
        const key = `${name} ${type}`
        places.set(key, [...(places.get(key) ?? []), source.path])
      }
    }
  }
  return [...places]
    .filter(([, paths]) => paths.length > 1)
    .map(([key, paths]) => `${key.split(' ')[1]}: is a type in ${paths.join(' and ')}`)
}

if (import.meta.main) enforce(namesAreTrue)
