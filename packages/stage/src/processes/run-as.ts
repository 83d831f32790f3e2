import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from './process.ts'
import type { RunningProcess } from './process.ts'

/** The user that a platform starts a process as. Tests need no container engine for that. */
export interface Tenant {
  readonly uid: number
  readonly gid: number
  /** Octal, as in `0022`. */
  readonly umask: string
}

/** Only root can change the owner of files and start processes of other users. */
const isRoot = process.getuid?.() === 0

/** Starts a process with a tenant's user and umask, and no capability. Without root: with this user. */
export function runAs(
  { uid, gid, umask }: Tenant,
  command: readonly string[],
  { folder, environment }: { folder: string; environment: Readonly<Record<string, string>> },
): RunningProcess {
  const own = [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
    '--inh-caps=-all',
  ]
  const shell = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', ...command]
  const [file = '', ...args] = isRoot ? [...own, ...shell] : shell
  return run([file, ...args], { folder, environment })
}

/** Sets the owner and mode of a file or folder, as a platform does. */
export function give(path: string, [uid, gid]: readonly [number, number], mode: number): string {
  if (isRoot) chownSync(path, uid, gid)
  // Without root the group is this user's own, which gets no rights
  chmodSync(path, isRoot ? mode : mode & 0o700)
  return path
}

/** Creates a folder with an owner and a mode. */
export function folderOf(path: string, owner: readonly [number, number], mode: number): string {
  mkdirSync(path, { recursive: true })
  return give(path, owner, mode)
}

/** The variables of an image, from the `ENV` lines of its file, for a folder other than `/app`. */
export function imageEnvironment(lines: readonly string[], app: string): Record<string, string> {
  const pairs = lines.map((line) => line.split(/=(.*)/s, 2) as [string, string])
  const path = [join(app, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']]
  return { ...Object.fromEntries(pairs), PATH: path.join(delimiter) }
}
