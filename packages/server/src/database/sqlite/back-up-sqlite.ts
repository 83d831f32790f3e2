import { randomUUID } from 'node:crypto'
import { chmod, link, open, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'

/**
 * Copies a SQLite database that is in use to a new file (mode 0600): one consistent state, on disk
 * when this returns. The file appears only when complete and never replaces another.
 */
export async function backUpSqlite(database: string, file: string): Promise<void> {
  const part = `${file}.${randomUUID()}`
  const source = new DatabaseSync(database, { readOnly: true })
  try {
    await (await open(part, 'wx', 0o600)).close()
    await backup(source, part)
    checked(part)
    await chmod(part, 0o600)
    const written = await open(part, 'r')
    await written.sync()
    await written.close()
    await link(part, file)
  } finally {
    source.close()
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(part + end, { force: true })
  }
}

/** Checks the copy and merges its log into the one file. @throws Error if it is damaged. */
function checked(file: string): void {
  const copy = new DatabaseSync(file)
  try {
    copy.exec('pragma journal_mode=DELETE')
    const [found] = Object.values(copy.prepare('pragma quick_check(1)').get() ?? {})
    if (found !== 'ok') throw new Error(`The database is damaged (${String(found)}): restore it.`)
  } finally {
    copy.close()
  }
}
