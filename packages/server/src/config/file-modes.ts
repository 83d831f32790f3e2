import { closeSync, constants, fchmodSync, lstatSync, openSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { ConfigurationError } from './configuration-error.ts'

/** Permission bits of the group and of others. */
const [GROUP, OTHERS] = [0o070, 0o007]

/**
 * Whether this process's user owns a file. `false` on systems without users, which have no modes
 * either.
 */
export function isOurs({ uid }: Stats): boolean {
  return process.getuid?.() === uid
}

/** The permission bits as `chmod` accepts them, such as `0600`. */
export function modeText({ mode }: Pick<Stats, 'mode'>): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}

/** Whether anyone but the owner has permissions. */
export function isOpen({ mode }: Stats): boolean {
  return process.getuid !== undefined && (mode & (GROUP | OTHERS)) !== 0
}

/**
 * Checks the permissions of a file that holds a secret. A mounted secret belongs to another user
 * and is readable by this process through its group.
 * @returns a line that names that group; `undefined` if only the owner can read the file.
 * @throws ConfigurationError if others can read it, or if the group can although this user owns it.
 */
export function checkSecretFile(what: string, stats: Stats): string | undefined {
  if (!isOpen(stats)) return undefined
  const { mode, gid } = stats
  if ((mode & OTHERS) !== 0 || isOurs(stats)) {
    const who = (mode & OTHERS) === 0 ? `its group (${gid})` : 'every user of this machine'
    throw new ConfigurationError(
      `${what} is open to ${who} (mode ${modeText(stats)}): set its mode to 0600, or 0400.`,
    )
  }
  return `${what} can be read by the group ${gid} (mode ${modeText(stats)})`
}

/**
 * Removes the permissions of group and others from a file or folder of this user. It never follows
 * a symbolic link, whose target may belong to another user.
 * @returns a line that reports what was done or could not be done; `undefined` if the mode was
 * right.
 */
export function narrowFileMode(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  // Devices such as /dev/null are shared by all users
  if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined
  if (!isOpen(stats)) return undefined
  const had = `${path} was open to other users (mode ${modeText(stats)})`
  // Keeps permissions that the owner does not have either
  const mode = stats.mode & (stats.isDirectory() ? 0o700 : 0o600)
  if (!isOurs(stats)) {
    return `${had} and belongs to another user: set its mode to ${modeText({ mode })}`
  }
  try {
    changeMode(path, mode)
  } catch {
    return `${had}, and its mode can’t be changed: keep it on a file system that has modes`
  }
  return `${had}: its mode is ${modeText({ mode })} now`
}

/**
 * Changes the mode through an open file, so that no other process can replace it by a link
 * meanwhile. It opens only files that need it, because closing a file drops the locks that SQLite
 * holds on it in this process.
 */
function changeMode(path: string, mode: number): void {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    fchmodSync(handle, mode)
  } finally {
    closeSync(handle)
  }
}
