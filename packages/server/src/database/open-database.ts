import type { DatabasePlace } from '../config/database-place.ts'
import type { Database } from './database.ts'
import { openSqlite } from './sqlite/sqlite.ts'

/** Opens the database and brings its tables up to date, or refuses old ones without `migrate`. */
export async function openDatabase(place: DatabasePlace, migrate: boolean): Promise<Database> {
  if ('file' in place) return openSqlite(place.file, migrate)
  // Not loaded on SQLite, to start faster
  const { openPostgres } = await import('./postgres/postgres.ts')
  return openPostgres(place.server, migrate)
}
