import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import type { Service } from '@keyhaven/stage/processes/served'

/**
 * What a failover to a standby that lags loses: everything since a moment, the audit log apart, whose
 * triggers keep it. The order is that in which rows refer to each other.
 */
const tables = [
  'installation',
  'accounts',
  'account_roles',
  'erasures',
  'links',
  'credentials',
  'sessions',
  'tokens',
  'api_keys',
  'refresh_families',
  'delegations',
  'links',
  'devices',
  'signing_keys',
  'guards',
  'machines',
  'revocations',
  'pending_revocations',
  'revocation_effects',
  'revocation_counter',
  'outbox',
  'notices',
] as const

/** Statements that remember the database as it is, and those that bring that back. */
function statements(): { readonly keep: readonly string[]; readonly fallBack: readonly string[] } {
  const copies = tables.flatMap((table) => [
    `drop table if exists kept_${table}`,
    `create table kept_${table} as select * from ${table}`,
  ])
  const emptied = tables.toReversed().map((table) => `delete from ${table}`)
  const filled = tables.map((table) => `insert into ${table} select * from kept_${table}`)
  return { keep: copies, fallBack: [...emptied, ...filled] }
}

/** Remembers the database as it is; the answer brings that back under the processes that run on it. */
export async function standby({ data }: Service): Promise<() => Promise<void>> {
  const database = await databaseIn(data)
  const { keep, fallBack } = statements()
  await changeIn(database, ...keep)
  return () => changeIn(database, ...fallBack)
}

/** The same as statements for a connection of the test's own. */
export async function standbyStatements({ data }: Service): Promise<readonly string[]> {
  const { keep, fallBack } = statements()
  await changeIn(await databaseIn(data), ...keep)
  return fallBack
}
