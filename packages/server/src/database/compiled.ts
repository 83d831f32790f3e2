import type { CompiledQuery } from 'kysely'
import type { Connection } from './database.ts'

/** Kysely's builders that can be compiled. */
interface Compilable<R> {
  compile(): CompiledQuery<R>
}

/**
 * A query that is built and compiled once for each database, and then only run: the queries of the
 * busiest calls. Its parameters are texts, in any order and number.
 */
export function compiled<P extends readonly string[], R>(
  build: (db: Connection, ...parameters: P) => Compilable<R>,
): (db: Connection, ...parameters: P) => Promise<readonly R[]> {
  const known = new WeakMap<object, CompiledQuery<R>>()
  return async (db, ...parameters) => {
    const { adapter } = db.getExecutor()
    let query = known.get(adapter)
    if (query === undefined) {
      query = build(db, ...(parameters.map((_value, at) => placeOf(at)) as unknown as P)).compile()
      known.set(adapter, query)
    }
    const filled = query.parameters.map((value) => {
      const at = typeof value === 'string' && value.startsWith(PLACE) ? value.slice(1) : undefined
      return at === undefined ? value : parameters[Number(at)]
    })
    const { rows } = await db.executeQuery<R>({ ...query, parameters: filled })
    return rows
  }
}

/** What stands for a parameter while the query is compiled: no text of ours begins so. */
const PLACE = '\u0000'
const placeOf = (at: number): string => `${PLACE}${at}`
