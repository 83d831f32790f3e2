import { closeSync, constants, fchmodSync, lstatSync, openSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { ConfigurationError } from './configuration-error.ts'

/** Rights of the group and of others. */
const [GROUP, OTHERS] = [0o070, 0o007]

/** Whether this process's user owns a file. Systems without users have no modes either. */
export function isOurs({ uid }: Stats): boolean {
  return process.getuid?.() === uid
}

/** The mode as `chmod` takes it. */
export function modeText({ mode }: Pick<Stats, 'mode'>): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}

/** Whether users besides the owner have a right. */
export function isOpen({ mode }: Stats): boolean {
  return process.getuid !== undefined && (mode & (GROUP | OTHERS)) !== 0
}

/**
 * Checks who may read a file that holds a secret. Mounted secrets belong to another user and are given to
 * this process by their group; the answer is a line that names that group.
 * @throws ConfigurationError if others can read it, or the group can though the file is ours.
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
 * Takes the rights of group and others away from a file or folder of ours. It never follows a symbolic
 * link: its target may belong to another user.
 * @returns a line that says what was done or could not be done; `undefined` if the mode was right.
 */
export function narrowFileMode(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  // A device such as /dev/null belongs to everybody, whoever its owner is
  if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return undefined
  if (!isOpen(stats)) return undefined
  const had = `${path} was open to other users (mode ${modeText(stats)})`
  // What the owner may not do stays so
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
 * Through an open file, so that no other process puts a link in its place meanwhile. Only files that need it are
 * opened: closing one drops the locks that SQLite holds on it in this process.
 */
function changeMode(path: string, mode: number): void {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    fchmodSync(handle, mode)
  } finally {
    closeSync(handle)
  }
}
