import type { Connection } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'

/** The locked installation: a proof that this transaction may change keys and facts. */
export interface InstallationRow {
  readonly issuer: string | undefined
}

/** The value of a fact, stored as `first` if there is none. */
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

/** The value of a fact. */
export async function findFact(db: Connection, name: string): Promise<string | undefined> {
  return (await findFacts(db, [name])).get(name)
}

/** The values of the existing facts among these. */
export async function findFacts(
  db: Connection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('installation').selectAll().where('name', 'in', names).execute()
  return new Map(rows.map(({ name, value }) => [name, value]))
}

/** Stores a fact of a locked installation; replaces one of the same name. */
export async function putFact(
  db: Connection,
  _of: Locked<InstallationRow>,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  await db
    .insertInto('installation')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/**
 * Locks the installation until the transaction ends, so that changes of its keys and its log take
 * turns. The locked row is the issuer, which every installation has.
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

/** The fact with the longest life of a token of this installation, in seconds. */
const LIFE = 'access ttl'

/** Assumed before any service has stored its value: a day, which no token exceeds. */
const LONGEST_LIFE = 86_400

/**
 * Notes the longest life of tokens of a starting service. The greatest value stays, because tokens
 * of other processes and former settings must expire before their records are deleted.
 */
export async function noteLife(
  db: Connection,
  of: Locked<InstallationRow>,
  seconds: number,
): Promise<void> {
  const known = Number((await findFact(db, LIFE)) ?? 0)
  if (seconds > known) await putFact(db, of, { name: LIFE, value: String(seconds) })
}

/** The longest life of a token of this installation, in seconds, whichever process issued it. */
export async function longestLife(db: Connection): Promise<number> {
  return Number((await findFact(db, LIFE)) ?? LONGEST_LIFE)
}

/** The fact with the number of the installation's epoch; sessions of an earlier one have ended. */
const EPOCH = 'epoch'

/** The epoch; 0 for the first. */
export async function currentEpoch(db: Connection): Promise<number> {
  return Number((await findFact(db, EPOCH)) ?? 0)
}

/** Begins the next epoch, which ends every session. @returns it. */
export async function beginEpoch(db: Connection, of: Locked<InstallationRow>): Promise<number> {
  const next = (await currentEpoch(db)) + 1
  await putFact(db, of, { name: EPOCH, value: String(next) })
  return next
}

/** The beginning of the names of facts about peppers. */
const PEPPER = 'pepper '

/** Ids of the peppers that passwords were hashed with. */
export async function findUsedPeppers(db: Connection): Promise<string[]> {
  const rows = await db
    .selectFrom('installation')
    .select('name')
    .where('name', 'like', `${PEPPER}%`)
    .execute()
  return rows.map(({ name }) => name.slice(PEPPER.length))
}

/** Notes that passwords are hashed with a pepper. */
export async function noteUsedPepper(
  db: Connection,
  of: Locked<InstallationRow>,
  id: string,
): Promise<void> {
  await putFact(db, of, { name: `${PEPPER}${id}`, value: 'used' })
}

/** What became of a log when another one began. */
export interface FormerLog {
  /** When, as RFC 3339 text. */
  readonly at: string
  /**
   * Set if a failover lost the newest entries: the number of the last one kept, and the number up
   * to which processes have appended lost ones again.
   */
  readonly lost?: { readonly kept: number; readonly repeated: number }
}

const nameOf = (log: string): string => `former log ${log}`

/** What became of a log; `undefined` if this database never had it, or still has it. */
export async function findFormerLog(db: Connection, log: string): Promise<FormerLog | undefined> {
  const text = await findFact(db, nameOf(log))
  // The previous version stored only the time
  if (text === undefined || !text.startsWith('{')) return text === undefined ? text : { at: text }
  return JSON.parse(text) as FormerLog
}

/** Stores what became of a log. */
export async function putFormerLog(
  db: Connection,
  of: Locked<InstallationRow>,
  { log, ...former }: FormerLog & { readonly log: string },
): Promise<void> {
  await putFact(db, of, { name: nameOf(log), value: JSON.stringify(former) })
}
