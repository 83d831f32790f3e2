import { sql } from 'kysely'
import type { Connection } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'

/** The installation: its keys, and the facts that follow from each other. */
export interface InstallationRow {
  readonly issuer: string | undefined
}

/** The fact of this name, written now where there is none yet. */
export async function factOf(db: Connection, name: string, first: string): Promise<string> {
  await db
    .insertInto('installation')
    .values({ name, value: first })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.value
}

/** The fact of this name, where there is one. */
export async function findFact(db: Connection, name: string): Promise<string | undefined> {
  return (await findFacts(db, [name])).get(name)
}

/** The facts of these names that there are. */
export async function findFacts(
  db: Connection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('installation').selectAll().where('name', 'in', names).execute()
  return new Map(rows.map(({ name, value }) => [name, value]))
}

/** Writes a fact of a locked installation, in place of one of the same name. */
export async function putFact(
  db: Connection,
  _of: Locked<InstallationRow>,
  name: string,
  value: string,
): Promise<void> {
  await db
    .insertInto('installation')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/**
 * Locks the installation until the transaction ends: those that change its keys or its log take turns.
 * Its row is the issuer, which every installation has.
 */
export async function lockInstallation(db: Connection): Promise<Locked<InstallationRow>> {
  const row = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', 'issuer')
    .forUpdate()
    .executeTakeFirst()
  return asLocked({ issuer: row?.value })
}

/**
 * Counts a change, so that other processes notice it: in one statement, so that of two changes at once
 * each is counted.
 */
export async function bumpFact(db: Connection, name: 'keys' | 'guards'): Promise<void> {
  await db
    .insertInto('installation')
    .values({ name, value: '1' })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        value: sql<string>`cast(cast(installation.value as bigint) + 1 as text)`,
      }),
    )
    .execute()
}

/** The fact that says how long a token of this installation may live at most, in seconds. */
const LIFE = 'access ttl'

/** Seconds that are assumed before any service has said how long its tokens live: a day, which no token exceeds. */
const LONGEST_LIFE = 86_400

/**
 * Notes how long the tokens of a service that starts may live. The greatest value stays: tokens of
 * another process, or of a former setting, must end before what they rest on is forgotten.
 */
export async function noteLife(
  db: Connection,
  of: Locked<InstallationRow>,
  seconds: number,
): Promise<void> {
  const known = Number((await findFact(db, LIFE)) ?? 0)
  if (seconds > known) await putFact(db, of, LIFE, String(seconds))
}

/** Seconds that a token of this installation may live at most, whichever process issued it. */
export async function longestLife(db: Connection): Promise<number> {
  return Number((await findFact(db, LIFE)) ?? LONGEST_LIFE)
}

/** The fact that numbers the installation's epoch: sessions of an earlier one have ended. */
const EPOCH = 'epoch'

/** The epoch, 0 in the first. */
export async function currentEpoch(db: Connection): Promise<number> {
  return Number((await findFact(db, EPOCH)) ?? 0)
}

/** Begins the next epoch: every session ends, however many there are. */
export async function beginEpoch(db: Connection, of: Locked<InstallationRow>): Promise<number> {
  const next = (await currentEpoch(db)) + 1
  await putFact(db, of, EPOCH, String(next))
  return next
}

/** What became of a log when another one began. */
export interface FormerLog {
  /** When, as an RFC 3339 text. */
  readonly at: string
  /** A failover lost the newest entries: the number of the last one that was kept, and up to which number processes have appended the lost ones again. */
  readonly lost?: { readonly kept: number; readonly repeated: number }
}

const nameOf = (log: string): string => `former log ${log}`

/** What became of this log; `undefined` if this database never had it, or still has it. */
export async function findFormerLog(db: Connection, log: string): Promise<FormerLog | undefined> {
  const text = await findFact(db, nameOf(log))
  // The version before wrote the time only
  if (text === undefined || !text.startsWith('{')) return text === undefined ? text : { at: text }
  return JSON.parse(text) as FormerLog
}

export async function putFormerLog(
  db: Connection,
  of: Locked<InstallationRow>,
  log: string,
  former: FormerLog,
): Promise<void> {
  await putFact(db, of, nameOf(log), JSON.stringify(former))
}
