import type { DatabasePlace } from '../config/database-place.ts'
import type { Database } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/** Opens the database and brings its tables up to date, or refuses old ones without `migrate`. */
export function openDatabase(place: DatabasePlace, migrate: boolean): Promise<Database> {
  return 'file' in place ? openSqlite(place.file, migrate) : openPostgres(place.server, migrate)
}
