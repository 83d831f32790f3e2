import { TrieRouter } from 'hono/router/trie-router'
import { isOneLine } from '../config/is-one-line.ts'
import type { Row } from './route.ts'

/** The rows of one path, and its parameters. */
export interface Matched {
  readonly rows: readonly Row[]
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the rows of a path below the mount; if two match, the first of the table. */
export function createRouter(
  mount: string,
  routes: readonly Row[],
): (path: string) => Matched | undefined {
  const router = new TrieRouter<readonly Row[]>()
  for (const [path, rows] of Map.groupBy(routes, (route) => route.path)) {
    router.add('ALL', mount + path, rows)
  }
  return (path) => {
    const [[rows, found] = []] = router.match('ALL', path)[0]
    const parameters = found && decoded(found as Record<string, string>)
    return rows && parameters && { rows, parameters }
  }
}

/**
 * Decodes percent-encoding; `undefined` if it is malformed or of control characters, which no id
 * contains, so that the path matches nothing.
 */
function decoded(found: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    const values = Object.entries(found).map(([name, value]) => [name, decodeURIComponent(value)])
    return values.every(([, value = '']) => isOneLine(value))
      ? Object.fromEntries(values)
      : undefined
  } catch {
    return undefined
  }
}
