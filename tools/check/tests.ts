import { enforce, importsOf } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'

/** What tests of a package may import beside entry points: other files of tests, the stage, the doses. */
const free = /^(packages\/\w+\/tests\/|packages\/stage\/|tests\/)/

/** Tests in `tests` go through entry points; a test beside a file imports that file alone of its package. */
export const testsGoThroughEntryPoints: Rule = (sources) =>
  sources.flatMap((source) => [...publicTest(source), ...testBeside(source)])

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

if (import.meta.main) enforce('tests', testsGoThroughEntryPoints)
