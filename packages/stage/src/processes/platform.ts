import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from './process.ts'
import type { Running } from './process.ts'

/** As whom a platform starts a process. No container engine is needed for that. */
export interface Tenant {
  readonly uid: number
  readonly gid: number
  /** Octal, as in `0022`. */
  readonly umask: string
}

/** Only root gives files away and starts processes of others. */
const isRoot = process.getuid?.() === 0

/** A process of a tenant: with its user, its umask and no capability. Elsewhere than as root, of this user. */
export function runAs(
  { uid, gid, umask }: Tenant,
  command: readonly string[],
  { folder, environment }: { folder: string; environment: Readonly<Record<string, string>> },
): Running {
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

/** Gives a file or folder the owner and mode that the platform gives it. */
export function give(path: string, [uid, gid]: readonly [number, number], mode: number): string {
  if (isRoot) chownSync(path, uid, gid)
  // A group that this user is not in has no right here
  chmodSync(path, isRoot ? mode : mode & 0o700)
  return path
}

/** A folder with an owner and a mode. */
export function folderOf(path: string, owner: readonly [number, number], mode: number): string {
  mkdirSync(path, { recursive: true })
  return give(path, owner, mode)
}

/** The variables of an image: `ENV` of its file, at a folder that is not `/app`. */
export function imageEnvironment(lines: readonly string[], app: string): Record<string, string> {
  const pairs = lines.map((line) => line.split(/=(.*)/s, 2) as [string, string])
  const path = [join(app, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']]
  return { ...Object.fromEntries(pairs), PATH: path.join(delimiter) }
}
