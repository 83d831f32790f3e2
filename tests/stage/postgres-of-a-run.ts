import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

/** Gives a run its PostgreSQL: the one of `KEYHAVEN_TEST_POSTGRES`, or a cluster of its own. */
export default async function postgresOfARun({ provide }: TestProject): Promise<() => void> {
  const given = process.env['KEYHAVEN_TEST_POSTGRES']
  if (given !== undefined) {
    provide('postgres', given)
    return () => {}
  }
  const postgres = await startPostgres({ durable: false })
  provide('postgres', postgres.url('postgres'))
  return () => postgres.close()
}
