import { DatabaseSync } from 'node:sqlite'
import type { Note } from './access.ts'

/** Notes in SQLite; in memory if no file is named. */
export interface NotesStore {
  all(): Note[]
  of(owner: string): Note[]
  find(id: string): Note | undefined
  /** Adds a note, unless this owner's note of that id exists; `undefined` if the id belongs to another owner. */
  add(id: string, owner: string, text: string): Note | undefined
  remove(id: string): void
}

export function openNotes(file = ':memory:'): NotesStore {
  const db = new DatabaseSync(file)
  db.exec(
    'create table if not exists notes (id text primary key, owner text not null, text text not null, created_at text not null)',
  )
  const columns = 'id, owner, text, created_at as "createdAt"'
  const all = db.prepare(`select ${columns} from notes order by created_at desc limit 500`)
  const of = db.prepare(
    `select ${columns} from notes where owner = ? order by created_at desc limit 500`,
  )
  const one = db.prepare(`select ${columns} from notes where id = ?`)
  const insert = db.prepare(
    'insert into notes (id, owner, text, created_at) values (?, ?, ?, ?) on conflict do nothing',
  )
  const remove = db.prepare('delete from notes where id = ?')
  return {
    all: () => all.all() as unknown as Note[],
    of: (owner) => of.all(owner) as unknown as Note[],
    find: (id) => one.get(id) as unknown as Note | undefined,
    add: (id, owner, text) => {
      insert.run(id, owner, text, new Date().toISOString())
      const note = one.get(id) as unknown as Note
      return note.owner === owner ? note : undefined
    },
    remove: (id) => void remove.run(id),
  }
}
