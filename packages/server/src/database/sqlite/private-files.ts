import { closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { narrowFileMode } from '../../config/file-modes.ts'

/** What SQLite keeps beside a database; it gives these files the mode of the database. */
const BESIDE = ['', '-wal', '-shm', '-journal']

/**
 * Makes a SQLite file that is missing, because SQLite itself would leave its mode to the umask, and closes
 * existing files to other users.
 * @returns lines about modes that were too wide.
 */
export function keepFilesPrivate(file: string): readonly string[] {
  if (!existsSync(file)) {
    try {
      // Another process may be the first to make it
      closeSync(openSync(file, 'a', 0o600))
    } catch (cause) {
      throw new ConfigurationError(
        `The database ${file} can’t be made: make its folder and let this user write it, or set KEYHAVEN_DATABASE to another file.`,
        { cause },
      )
    }
  }
  const real = realpathSync(file)
  return BESIDE.map((end) => narrowFileMode(real + end)).filter((line) => line !== undefined)
}
