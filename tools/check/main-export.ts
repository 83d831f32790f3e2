import { declarationsOf, enforce, isTest, parsed } from '../sources.ts'
import ts from 'typescript'
import type { Rule, Source } from '../sources.ts'

/** Files of several exports of one kind: their name names the kind. */
const kinds =
  /(^|\/)(schemas|terms|members|shapes|hash|random|index|main|routes|jobs)\.tsx?$|\/(lib\/(wire|errors)|migrations|tables|stores|events)\/|\.d\.ts$/

/**
 * A file exports something that is named like it, or like it and its folder: `sessions/end.ts` has
 * `createEndSession`. Files that only pass names on have none of their own.
 */
export const mainExports: Rule = (sources) =>
  sources
    .filter(
      ({ path }) => /^packages\/\w+\/src\/.+\//.test(path) && !isTest(path) && !kinds.test(path),
    )
    .flatMap((source) => {
      const names = declarationsOf(source).flatMap((one) => (one.exported ? one.names : []))
      if (names.length === 0 || passesOn(source)) return []
      return names.some((name) => isNamedLike(name, source.path))
        ? []
        : [`${source.path}: exports ${names.join(', ')}, none of them named like the file`]
    })

/** Every word of the file's name is in the name: `write-reports` has `createReportWriter`. */
function isNamedLike(name: string, path: string): boolean {
  const file =
    path
      .split('/')
      .at(-1)
      ?.replace(/\.\w+$/, '') ?? ''
  const spoken = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split('-')
  return file.split('-').every((word) => spoken.some((one) => isWord(one, word)))
}

/** The same word in another form: `keep` and `keeper`, `policy` and `policies`. */
function isWord(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length, 5)
  return one === other || (length >= 3 && one.slice(0, length) === other.slice(0, length))
}

function passesOn(source: Source): boolean {
  return parsed(source).statements.some(ts.isExportDeclaration)
}

if (import.meta.main) enforce(mainExports)
