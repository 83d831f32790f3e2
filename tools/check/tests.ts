import { enforce, importsOf } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

/** What tests of a package may import beside entry points: other files of tests, the stage, the doses. */
const free = /^(packages\/\w+\/tests\/|packages\/stage\/|tests\/)/

/**
 * Tests in `tests` go through entry points; a test beside a file imports that file alone of its package.
 * What signs up, signs in and reads cookies is the stage's.
 */
export const testsGoThroughEntryPoints: Rule = (sources) =>
  sources.flatMap((source) => [...publicTest(source), ...testBeside(source), ...ownCaller(source)])

/** A declaration that the stage has: every test would have it a little differently. */
const declared = /\b(?:function|const|let|class) (signUp|signIn|signedIn|newPerson)\b/g

/** `Set-Cookie` of an answer, in one of the ways to read it. */
const readCookie = /\.getSetCookie\(|\['set-cookie'\]|\bget\('set-cookie'\)/i

function ownCaller({ path, text }: Source): readonly string[] {
  if (!/^(tests|packages\/\w+\/tests)\/|\.test\.tsx?$/.test(path)) return []
  const names = [...text.matchAll(declared)].map(
    ([, name = '']) => `${path}: declares ${name}; take it from @keyhaven/stage/http/person`,
  )
  if (!readCookie.test(text)) return names
  return [...names, `${path}: reads Set-Cookie; use @keyhaven/stage/http/set-cookies`]
}

function publicTest(source: Source): readonly string[] {
  if (!/^packages\/\w+\/tests\//.test(source.path)) return []
  return importsOf(source)
    .filter(({ target }) => target !== undefined && !free.test(target))
    .map(
      ({ from }) =>
        `${source.path}: imports ${from}; test through the entry points, or beside the file`,
    )
}

function testBeside({ path, text }: Source): readonly string[] {
  const [, folder = '', name = ''] =
    /^(packages\/\w+\/src\/.*?)([^/]+)\.test\.tsx?$/.exec(path) ?? []
  if (name === '') return []
  return importsOf({ path, text })
    .filter(({ target, typeOnly }) => target?.startsWith('packages/') === true && !typeOnly)
    .filter(({ target }) => !/\.suite\.tsx?$/.test(target ?? ''))
    .filter(({ target }) => !(target ?? '').startsWith(`${folder}${name}.ts`))
    .map(({ from }) => `${path}: imports ${from}; a test beside a file imports that file alone`)
}

if (import.meta.main) enforce(testsGoThroughEntryPoints)
