/** Commits a second: durable transactions, one after the other, bare and as the service writes them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createKeyhaven } from '@keyhaven/server'
import { race, machine, table } from './lib/measure.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const bare = (synchronous: 'FULL' | 'NORMAL'): ((at: number) => void) => {
  const database = new DatabaseSync(join(folder, `${synchronous}.sqlite`))
  database.exec(`pragma journal_mode=WAL; pragma synchronous=${synchronous}`)
  database.exec('create table rows (id integer primary key, text text)')
  const insert = database.prepare('insert into rows (text) values (?)')
  return () => void insert.run('x'.repeat(200))
}
const data = join(folder, 'service')
const keyhaven = await createKeyhaven({
  data,
  folder,
  environment: { KEYHAVEN_URL: 'http://localhost:1/auth' },
})
const account = await keyhaven.accounts.create({
  email: 'person@example.com',
  password: 'correct horse battery',
})
const figures = await race(
  [
    { name: 'bare insert, synchronous=FULL', run: bare('FULL') },
    { name: 'bare insert, synchronous=NORMAL', run: bare('NORMAL') },
    {
      name: 'keyhaven lock or unlock',
      run: (at) => keyhaven.accounts.setStatus(account.id, at % 2 ? 'active' : 'locked', 'bench'),
    },
  ],
  200,
)
table(`Durable commits (${machine()})`, figures)
for (const { name, median } of figures) {
  console.log(`  ${name.padEnd(34)}${(1e6 / median).toFixed(0).padStart(7)} a second`)
}
await keyhaven.close()
rmSync(folder, { recursive: true })
