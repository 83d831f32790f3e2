import { closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { narrowFileMode } from '../../config/file-modes.ts'

/** Suffixes of the files of a database; SQLite gives them all the mode of the first. */
const BESIDE = ['', '-wal', '-shm', '-journal']

/**
 * Creates a missing SQLite file, because SQLite would leave its mode to the umask, and removes
 * permissions of other users from existing files.
 * @returns lines about modes that were too wide.
 */
export function keepFilesPrivate(file: string): readonly string[] {
  if (!existsSync(file)) {
    try {
      // Another process may create it first
      closeSync(openSync(file, 'a', 0o600))
    } catch (cause) {
      throw new ConfigurationError(
        `The database ${file} can’t be created: create its folder and make it writable for this user, or set KEYHAVEN_DATABASE to another file.`,
        { cause },
      )
    }
  }
  const real = realpathSync(file)
  return BESIDE.map((end) => narrowFileMode(real + end)).filter((line) => line !== undefined)
}
