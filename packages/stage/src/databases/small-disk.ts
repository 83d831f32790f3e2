import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk that a test can make full for a running process, and free again. */
export interface Disk {
  readonly folder: string
  /** From now on the process can write nothing. */
  take(pid: number): void
  giveBack(pid: number): void
  remove(): void
}

/** A disk of 8 MB that a test can fill. If this user may not mount one, a limit on the process's files. */
export function smallDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-disk-'))
  if (!command('mount', '-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', folder)) {
    return limitedDisk(folder)
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    take: () => {
      for (let size = 1 << 22; size >= 1; size >>= 1) fill(ballast, size)
    },
    giveBack: () => rmSync(ballast, { force: true }),
    remove: () => {
      command('umount', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A disk that refuses every write beyond a file's first byte: `RLIMIT_FSIZE` of the process. */
export function limitedDisk(folder = mkdtempSync(join(tmpdir(), 'keyhaven-disk-'))): Disk {
  const limit = (pid: number, bytes: string): void => {
    const done = command('prlimit', `--pid=${pid}`, `--fsize=${bytes}:`)
    if (!done) throw new Error('prlimit (Debian: util-linux) could not limit the process')
  }
  return {
    folder,
    take: (pid) => limit(pid, '1'),
    giveBack: (pid) => limit(pid, 'unlimited'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function fill(file: string, size: number): void {
  const piece = Buffer.alloc(size)
  try {
    for (;;) writeFileSync(file, piece, { flag: 'a' })
  } catch {
    // No room for another piece of this size
  }
}

function command(file: string, ...args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}
