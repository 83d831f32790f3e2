import { sql, SqliteAdapter } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Connection } from './database.ts'

/**
 * The database's own clock in a statement, in milliseconds since 1970: one for all processes, and
 * not filtered as the time of a moment is. SQLite runs in this process, so it is this machine's.
 */
export function serverClock(db: Connection): RawBuilder<number> {
  const { adapter } = db.getExecutor()
  return adapter instanceof SqliteAdapter
    ? sql<number>`cast(${Date.now()} as bigint)`
    : sql<number>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`
}
