import { ConfigurationError } from '../../config/configuration-error.ts'
import { hostsText } from '../../config/database-place.ts'
import type { DatabasePlace } from '../../config/database-place.ts'
import type { Settings } from '../../config/settings.ts'
import { keepFilesPrivate } from '../../database/sqlite/private-files.ts'
import { hasInstallation, proveDatabase } from '../../database/prove-database.ts'
import { makeDataFolder } from '../../secrets/data-folder.ts'
import { createKeyBox } from '../../secrets/key-box.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { makeMasterKey, readMasterKey } from '../../secrets/master-key.ts'
import type { MasterKey } from '../../secrets/master-key.ts'

/** How an installation is prepared. */
export interface Preparing {
  /** `false` creates no tables, and refuses those of an older version. */
  readonly migrate: boolean
  /**
   * Opens the installation even if its master key can be guessed, so that the key can be replaced.
   */
  readonly weakKey?: boolean | undefined
  /** Called with lines about modes that were too wide. */
  readonly notice: (line: string) => void
}

/**
 * Checks everything that opening an installation needs, and only then writes: data folder, master
 * key, database file, all for this user only whatever the umask is.
 * @returns what opens the keys of the database.
 * @throws ConfigurationError.
 */
export async function prepareInstallation(
  { data, database, masterKey }: Settings,
  { migrate, weakKey = false, notice }: Preparing,
): Promise<KeyBox> {
  const known = await readMasterKey(masterKey)
  const installed = await proveDatabase(database)
  if (installed && known === undefined) throw new ConfigurationError(lostKey(masterKey))
  if (known?.weakness !== undefined && !weakKey) {
    throw new ConfigurationError(`${known.weakness}: ${installed ? REPLACE : MAKE}.`)
  }
  if (!installed && !migrate) {
    throw new ConfigurationError('The database has no tables: start once without --no-migrate.')
  }
  const lines = [known?.notice, await makeDataFolder(data)]
  const { bytes } = known ?? (await madeMasterKey(masterKey))
  if ('file' in database) lines.push(...keepFilesPrivate(database.file))
  for (const line of lines) if (line !== undefined) notice(line)
  return createKeyBox(bytes)
}

const MAKE = 'make one with `openssl rand 32 | basenc --base64url | tr -d =`'

const REPLACE =
  'run `keyhaven keys master --new-file FILE`, then set KEYHAVEN_MASTER_KEY_FILE to that file'

/** For commands that need an existing installation. @throws ConfigurationError if there is none. */
export async function requireInstallation({ data, database }: Settings): Promise<void> {
  if (await hasInstallation(database)) return
  throw new ConfigurationError(
    `There is no installation in ${placeOf(data, database)} to the one that the service uses, or start the service first.`,
  )
}

function placeOf(data: string, database: DatabasePlace): string {
  if ('server' in database) {
    const { name } = database.server
    return `the database ${name} at ${hostsText(database.server)}: set KEYHAVEN_DATABASE`
  }
  const { file } = database
  return file.startsWith(`${data}/`)
    ? `${data}: set KEYHAVEN_DATA`
    : `${file}: set KEYHAVEN_DATABASE`
}

async function madeMasterKey(source: Settings['masterKey']): Promise<Pick<MasterKey, 'bytes'>> {
  if ('value' in source) throw new Error('A master key in a variable always exists.')
  const made = await makeMasterKey(source.file)
  // Another starting process may have created it meanwhile
  const bytes = made ?? (await readMasterKey(source))?.bytes
  if (bytes === undefined) throw new ConfigurationError(lostKey(source))
  return { bytes }
}

function lostKey(source: Settings['masterKey']): string {
  const file = 'file' in source ? source.file : ''
  return `There is no master key in ${file}, but this database has keys that only its master key decrypts: set KEYHAVEN_MASTER_KEY_FILE (or KEYHAVEN_MASTER_KEY) to it, or restore the file from your backup.`
}
