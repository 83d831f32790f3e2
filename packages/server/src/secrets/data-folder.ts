import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigurationError } from '../config/configuration-error.ts'
import { isOpen, modeText, narrowFileMode } from '../config/file-modes.ts'

/** How the names begin of what the service keeps in its folder. */
const OURS = ['keyhaven', 'master.key', 'revocations.mark', 'audit.mark', 'lost+found']

/** Node's own recursive mkdir never ends where a parent is there and takes no folder, as in /proc. */
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
 * Makes the data folder (mode 0700) if it is missing, and closes an existing one to other users. One that
 * holds other things is left as it is: other programs may need to enter it.
 * @returns a line about a mode that was too wide.
 */
export async function makeDataFolder(folder: string): Promise<string | undefined> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new ConfigurationError(
      `The data folder ${folder} can’t be written: make it, or set KEYHAVEN_DATA to one that can.`,
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
