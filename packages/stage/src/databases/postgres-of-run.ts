import type { TestProject } from 'vitest/node'
import { rowsIn } from './databases.ts'
import { startPostgres } from './postgres.ts'

/** Provides the PostgreSQL of a run of tests: the one of `KEYHAVEN_TEST_POSTGRES`, or a cluster of its own. */
export default async function postgresOfRun({
  provide,
}: TestProject): Promise<() => void | Promise<void>> {
  const given = process.env['KEYHAVEN_TEST_POSTGRES']
  if (given !== undefined) {
    provide('postgres', given)
    const before = await databasesOf(given)
    return async () => {
      for (const name of await databasesOf(given)) {
        if (!before.includes(name)) await rowsIn(given, `drop database ${name} with (force)`)
      }
    }
  }
  const postgres = await startPostgres({ durable: false })
  provide('postgres', postgres.url('postgres'))
  return () => postgres.close()
}

async function databasesOf(server: string): Promise<string[]> {
  const rows = await rowsIn(
    server,
    "select datname from pg_database where datname like 'keyhaven!_test!_%' escape '!'",
  )
  return rows.map(({ datname }) => String(datname))
}
