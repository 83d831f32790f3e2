import { randomUUID } from 'node:crypto'
import { chmod, link, open, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'

/**
 * Copies a SQLite database to a new file (mode 0600) while others use it: one state of it, whole, and
 * on the disk when this answers. The file appears whole or not at all, and replaces none.
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

/** A copy that SQLite finds whole, in one file. */
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
