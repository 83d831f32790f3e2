import type { Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { RevocationTable } from '../database/tables/revocation.ts'

/** An entry as guards are told it. */
export type Revocation = Pick<Selectable<RevocationTable>, (typeof columns)[number]>

/** What the log tells of an entry; the other columns are the service's own. */
const columns = ['seq', 'kind', 'id', 'code', 'until'] as const

/** An entry that has no number yet. */
export type NewRevocation = Omit<Revocation, 'seq'>

const insertPending = inserting('pending_revocations', ['kind', 'id', 'code', 'until'])

/** Writes entries in a transaction of `Database.append`, which gives them their numbers: until then they have 0. */
export async function appendRevocations(
  db: Connection,
  entries: readonly NewRevocation[],
): Promise<Revocation[]> {
  const [first, ...others] = entries
  if (others.length > 0) await db.insertInto('pending_revocations').values(entries).execute()
  else if (first !== undefined) await insertPending(db, first)
  return entries.map((entry) => ({ ...entry, seq: 0 }))
}

/** Both ends of the log. */
export interface LogEnds {
  /** The number of the newest entry; 0 before the first. */
  readonly seq: number
  /** Entries up to this number may have been dropped. */
  readonly dropped: number
}

const counter = compiled((db) => db.selectFrom('revocation_counter').select(['seq', 'dropped']))

export async function logEnds(db: Connection): Promise<LogEnds> {
  const [row] = await counter(db)
  if (row === undefined) throw new Error('The counter of revocations is gone.')
  return row
}

/** The number of the newest entry. */
export async function newestSeq(db: Connection): Promise<number> {
  return (await logEnds(db)).seq
}

/** Entries that are read at once; a full page says that there may be more. */
export const PAGE = 1000

/** Entries behind a number, up to another where it is given, oldest first: a page at most. */
export function revocationsAfter(
  db: Connection,
  seq: number,
  upTo?: number,
): Promise<Revocation[]> {
  return db
    .selectFrom('revocations')
    .select(columns)
    .where('seq', '>', seq)
    .$if(upTo !== undefined, (query) => query.where('seq', '<=', upTo ?? 0))
    .orderBy('seq')
    .limit(PAGE)
    .execute()
}

/** Entries whose numbers are noted at once, before they are dropped. */
const NOTED = 5000

/**
 * Notes the numbers of the next entries to be dropped, those that ended before a time: from then on no
 * guard resumes below them. The answer counts the entries. Those of keys have no end.
 */
export async function noteDropped(db: Connection, time: number): Promise<number> {
  const { last, count } = await db
    .selectFrom((entries) =>
      entries
        .selectFrom('revocations')
        .select('seq')
        .where('until', '<', time)
        .orderBy('until')
        .orderBy('seq')
        .limit(NOTED)
        .as('next'),
    )
    .select((select) => [select.fn.max('seq').as('last'), select.fn.countAll().as('count')])
    .executeTakeFirstOrThrow()
  if (Number(count) === 0) return 0
  await db
    .updateTable('revocation_counter')
    .set({ dropped: Number(last) })
    .where('dropped', '<', Number(last))
    .execute()
  return Number(count)
}

/**
 * Drops entries that ended before a time, the oldest first, if their numbers have been noted; the answer
 * counts them.
 */
export async function dropRevocationsBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { dropped } = await logEnds(db)
  const { numDeletedRows } = await db
    .deleteFrom('revocations')
    .where('seq', 'in', (entries) =>
      entries
        .selectFrom('revocations')
        .select('seq')
        .where('until', '<', time)
        .orderBy('until')
        .orderBy('seq')
        .limit(most),
    )
    .where('seq', '<=', dropped)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Drops what entries did to other rows, once their time has passed; the answer counts it. */
export async function dropEffectsBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('revocation_effects')
    .where('id', 'in', (effects) =>
      effects
        .selectFrom('revocation_effects')
        .select('id')
        .where('until', '<', time)
        .orderBy('until')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The entry that hits this claim's value. */
export function findRevocation(
  db: Connection,
  kind: Revocation['kind'],
  id: string,
): Promise<Revocation | undefined> {
  return db
    .selectFrom('revocations')
    .select(columns)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .limit(1)
    .executeTakeFirst()
}
