import { existsSync, realpathSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { DatabasePlace } from '../config/database-place.ts'
import { sqliteSentence } from './sqlite/sqlite.ts'

/**
 * Whether a database contains an installation: keys that only its own master key decrypts. It
 * neither writes nor creates anything.
 */
export async function hasInstallation(place: DatabasePlace): Promise<boolean> {
  if ('file' in place) return hasSqliteInstallation(place.file)
  const { hasPostgresInstallation } = await import('./postgres/prove-postgres.ts')
  return hasPostgresInstallation(place.server)
}

/**
 * Checks that the database has everything the service needs that no restart would bring.
 * @returns whether it contains an installation.
 * @throws ConfigurationError with one sentence that states what is missing.
 */
export async function proveDatabase(place: DatabasePlace): Promise<boolean> {
  if ('file' in place) return hasSqliteInstallation(place.file)
  const { provePostgres } = await import('./postgres/prove-postgres.ts')
  return provePostgres(place.server)
}

function hasSqliteInstallation(file: string): boolean {
  if (!existsSync(file)) return false
  const stats = statSync(file)
  if (!stats.isFile() && !stats.isDirectory()) {
    throw new ConfigurationError(
      `The database ${file} is a device, a pipe or a socket: set KEYHAVEN_DATABASE to a file.`,
    )
  }
  if (stats.isDirectory()) {
    throw new ConfigurationError(
      `The database ${file} is a folder: set KEYHAVEN_DATABASE to a file in it.`,
    )
  }
  try {
    const raw = new DatabaseSync(readingOf(file), { readOnly: true, timeout: 5000 })
    try {
      const tables = raw.prepare("select 1 from sqlite_schema where name = 'service_keys'")
      if (tables.get() === undefined) return false
      return raw.prepare('select 1 from service_keys limit 1').get() !== undefined
    } finally {
      raw.close()
    }
  } catch (error) {
    throw sqliteSentence(file, error)
  }
}

/**
 * A reader of a database in WAL mode creates files beside it and leaves them there. If there is no
 * log to read, the database file is complete, and the URL declares it immutable.
 */
function readingOf(file: string): URL {
  const real = realpathSync(file)
  const url = pathToFileURL(real)
  const log = statSync(`${real}-wal`, { throwIfNoEntry: false })
  if (log === undefined || log.size === 0) url.searchParams.set('immutable', '1')
  return url
}
