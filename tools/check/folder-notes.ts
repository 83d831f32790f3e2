import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from '../root.ts'
import { enforce } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** Folders that the page names by a word for all of their kind. */
const page = 'ARCHITECTURE.md'

/** Every folder of a `src` has a line in the table of ARCHITECTURE.md, and every line a folder. */
export const foldersAreNoted: Rule = (sources) => {
  const folders = new Set(
    sources.flatMap(({ path }) => {
      const [, folder] =
        /^packages\/((?:core|guard|client|server)\/src\/.+)$/.exec(dirname(path)) ?? []
      return folder === undefined ? [] : [folder.replace('/src/', '/').replace(/\/lib\//, '/')]
    }),
  )
  const noted = new Set(
    [
      ...readFileSync(`${root}/${page}`, 'utf8').matchAll(
        /^\| `((?:core|guard|client|server)\/[\w/-]+)` \|/gm,
      ),
    ].map(([, folder = '']) => folder),
  )
  // It holds folders only
  folders.add('server/endpoints')
  // The line of their folder says it for them
  for (const one of folders)
    if (/^(\w+\/lib|server\/(endpoints|cli)\/.+)$/.test(one)) folders.delete(one)
  return [
    ...[...folders].filter((one) => !noted.has(one)).map((one) => `${one}: has no line in ${page}`),
    ...[...noted].filter((one) => !folders.has(one)).map((one) => `${page}: ${one} is no folder`),
  ]
}

if (import.meta.main) enforce(foldersAreNoted)
