import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigurationError } from '../config/configuration-error.ts'
import { isOpen, modeText, narrowFileMode } from '../config/file-modes.ts'

/** Beginnings of the names of files that the service stores in its folder. */
const OURS = [
  'keyhaven',
  'master.key',
  'testing.key',
  'revocations.mark',
  'audit.mark',
  'erasures',
  'lost+found',
]

/**
 * Creates a folder and its parents. Node's recursive mkdir never ends if a parent exists but can
 * have no folders, such as /proc.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || existsSync(parent)) throw error
    await makeFolder(parent)
    await mkdir(folder, { mode: 0o700 })
  }
}

/**
 * Creates the data folder (mode 0700) if it is missing, and removes permissions of other users from
 * an existing one. A folder with other files keeps its mode, because other programs may need
 * access.
 * @returns a line about a mode that was too wide.
 * @throws ConfigurationError.
 */
export async function makeDataFolder(folder: string): Promise<string | undefined> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new ConfigurationError(
      `The data folder ${folder} can’t be written: create it, or set KEYHAVEN_DATA to a folder that this user can write.`,
      { cause },
    )
  }
  const real = realpathSync(folder)
  if (readdirSync(real).every((name) => OURS.some((start) => name.startsWith(start)))) {
    return narrowFileMode(real)
  }
  const stats = statSync(real)
  if (!isOpen(stats)) return undefined
  return `${real} is open to other users (mode ${modeText(stats)}): set its mode to 0700 if no other program uses it`
}
