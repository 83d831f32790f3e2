import { ConfigurationError } from '../../config/configuration-error.ts'
import { readSettings } from '../../config/settings.ts'
import { backUpSqlite } from '../../database/sqlite/back-up-sqlite.ts'
import { requireInstallation } from '../../flows/startup/prepare-installation.ts'
import { printResult } from '../report.ts'
import { fileFailure } from '../write-new-file.ts'

/**
 * `keyhaven backup`: copies a SQLite database while the service runs. PostgreSQL has its own tools
 * for that.
 */
export async function backup(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { env: environment } = process
  const settings = await readSettings({
    code: {},
    environment,
    folder: process.cwd(),
    sendsMail: true,
  })
  const { database } = settings
  if (!('file' in database)) {
    throw new ConfigurationError(
      'The database is on a PostgreSQL server: back it up with pg_dump, or as that server is backed up.',
    )
  }
  await requireInstallation(settings)
  try {
    await backUpSqlite(database.file, file)
  } catch (error) {
    throw fileFailure(file, error)
  }
  const { masterKey } = settings
  const key = 'file' in masterKey ? masterKey.file : 'KEYHAVEN_MASTER_KEY'
  printResult(json, { file }, () => [
    `the database is in ${file}; the master key is not: keep a copy of ${key} elsewhere`,
  ])
}
