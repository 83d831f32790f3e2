import type { CompiledQuery, Expression, Insertable } from 'kysely'
import type { Connection } from './database.ts'
import type { Tables } from './tables.ts'

/** Kysely's builders that can be compiled. */
interface Compilable<R> {
  compile(): CompiledQuery<R>
}

/**
 * A query that is built and compiled once for each database and then only executed, for the most
 * frequent calls. Its parameters are texts, in any order and number.
 */
export function compiled<P extends readonly string[], R>(
  build: (db: Connection, ...parameters: P) => Compilable<R>,
): (db: Connection, ...parameters: P) => Promise<readonly R[]> {
  const known = new WeakMap<object, CompiledQuery<R>>()
  return async (db, ...parameters) => {
    const { adapter } = db.getExecutor()
    const places = (): P => parameters.map((_value, at) => placeOf(at)) as unknown as P
    const query = known.get(adapter) ?? build(db, ...places()).compile()
    known.set(adapter, query)
    const { rows } = await db.executeQuery<R>(filled(query, parameters))
    return rows
  }
}

/**
 * An insert that is compiled once for each database. Rows must have all of these columns; the
 * database computes the other ones.
 */
export function inserting<T extends keyof Tables, C extends keyof Tables[T] & string = never>(
  table: T,
  columns: readonly (keyof Insertable<Tables[T]> & string)[],
  computed: Readonly<Record<C, Expression<unknown>>> = {} as Record<C, Expression<unknown>>,
): (db: Connection, row: Omit<Insertable<Tables[T]>, C>) => Promise<void> {
  const known = new WeakMap<object, CompiledQuery>()
  const places = Object.fromEntries(columns.map((column, at) => [column, placeOf(at)]))
  return async (db, row) => {
    const { adapter } = db.getExecutor()
    const query =
      known.get(adapter) ??
      db
        .insertInto(table)
        .values({ ...places, ...computed } as never)
        .compile()
    known.set(adapter, query)
    await db.executeQuery(
      filled(
        query,
        columns.map((column) => (row as Insertable<Tables[T]>)[column]),
      ),
    )
  }
}

/**
 * Replaces a parameter while a query is compiled. No parameter of the service begins with U+0000.
 */
const PLACE = '\u0000'
const placeOf = (at: number): string => `${PLACE}${at}`

function filled<R>(query: CompiledQuery<R>, parameters: readonly unknown[]): CompiledQuery<R> {
  const given = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith(PLACE)
      ? parameters[Number(value.slice(PLACE.length))]
      : value
  return { ...query, parameters: query.parameters.map(given) }
}
