import type { RevocationEntry } from '@keyhaven/core/wire'
import { sql } from 'kysely'
import type { ExpressionBuilder, Insertable } from 'kysely'
import { compiled } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import { insertingAll } from '../database/over-rows.ts'
import type { Tables } from '../database/tables.ts'
import { entryColumns } from '../database/tables/revocation.ts'
import type { PendingRevocationTable } from '../database/tables/revocation.ts'
import { newId } from '../secrets/random.ts'
import { findEffects, insertEffect } from './revocation-effects.ts'
import type { Effect } from './revocation-effects.ts'
import { NEWEST_NOTICE } from './delivery/notices.ts'

/** An entry of the log with its effect. Guards get the entry only. */
export interface Revocation extends RevocationEntry {
  readonly effect?: Effect | undefined
}

/** An entry that has no number yet. */
export type NewRevocation = Omit<Revocation, 'seq'>

const insertAll = insertingAll('pending_revocations', entryColumns)

/**
 * Writes entries in a transaction of `Database.append`, which numbers them; until then their number
 * is 0.
 */
export async function appendRevocations(
  db: Connection,
  entries: readonly NewRevocation[],
): Promise<Revocation[]> {
  const rows: Insertable<PendingRevocationTable>[] = []
  for (const entry of entries) rows.push(await rowOf(db, entry))
  await insertAll(db, rows)
  return entries.map((entry) => ({ ...entry, seq: 0 }))
}

/**
 * The row of an entry. For the end of an era `kind` and `id` contain one of its sessions, for
 * processes of the previous version; without a session they contain the era, which is the id of no
 * session.
 */
async function rowOf(
  db: Connection,
  { kind, id, code, until, effect }: NewRevocation,
): Promise<Insertable<PendingRevocationTable>> {
  const effect_id = effect === undefined ? null : newId('eff')
  if (effect_id !== null && effect !== undefined) {
    await insertEffect(db, { id: effect_id, effect, until })
  }
  if (kind !== 'era') return { kind, id, code, until, era: null, effect_id }
  const [session = id] = effect?.what === 'era' ? effect.sessions : []
  return { kind: 'sid', id: session, code, until, era: id, effect_id }
}

/** The state of the log in one moment. */
export interface LogState {
  /** The name of the log. */
  readonly log: string
  /** The number of the newest entry; 0 before the first. */
  readonly seq: number
  /** Entries up to this number may have been deleted. */
  readonly dropped: number
  /** The id of the newest entry; null if it was deleted. */
  readonly newest: string | null
  /** Whether any entry has no number yet. */
  readonly hasPending: boolean
  /** The fact with the place of the newest notice. */
  readonly notice: string | undefined
}

const factIn = (select: ExpressionBuilder<Tables, 'revocation_counter'>, name: string) =>
  select.selectFrom('installation').select('value').where('name', '=', sql.lit(name))

const state = compiled((db) =>
  db
    .selectFrom('revocation_counter')
    .select((select) => [
      'seq',
      'dropped',
      select
        .selectFrom('revocations')
        .select(sql<string>`coalesce(era, id)`.as('newest'))
        .whereRef('revocations.seq', '=', 'revocation_counter.seq')
        .as('newest'),
      select.exists(select.selectFrom('pending_revocations').select('place')).as('pending'),
      factIn(select, 'log').as('log'),
      factIn(select, NEWEST_NOTICE).as('notice'),
    ]),
)

/** Reads the state of the log in one statement. @throws Error if the row of its counter is missing. */
export async function logState(db: Connection): Promise<LogState> {
  const [row] = await state(db)
  if (row === undefined) throw new Error('The counter of revocations is missing.')
  const { log, notice, pending, ...ends } = row
  return { ...ends, log: log ?? '', notice: notice ?? undefined, hasPending: Boolean(pending) }
}

/** The number of the newest entry. */
export async function newestSeq(db: Connection): Promise<number> {
  return (await logState(db)).seq
}

/** Entries in one read; a full page means that there may be more. */
export const PAGE = 1000

/** A page of entries after a number and up to another, oldest first. */
export async function revocationsAfter(
  db: Connection,
  seq: number,
  upTo?: number,
): Promise<Revocation[]> {
  const rows = await db
    .selectFrom('revocations')
    .selectAll()
    .where('seq', '>', seq)
    .$if(upTo !== undefined, (query) => query.where('seq', '<=', upTo ?? 0))
    .orderBy('seq')
    .limit(PAGE)
    .execute()
  const effects = await findEffects(
    db,
    rows.flatMap(({ effect_id }) => effect_id ?? []),
  )
  return rows.map(({ era, effect_id, ...row }) => ({
    seq: row.seq,
    kind: era === null ? row.kind : 'era',
    id: era ?? row.id,
    code: row.code,
    until: row.until,
    effect: effect_id === null ? undefined : effects.get(effect_id),
  }))
}

/** Ids of entries after a number, by number; as many as a process remembers. */
export async function entryIds(
  db: Connection,
  after: number,
): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('revocations')
    .select(['seq', sql<string>`coalesce(era, id)`.as('id')])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(MOST_REMEMBERED)
    .execute()
  return new Map(rows.map(({ seq, id }) => [seq, id]))
}

/** The given entries that are not in the log. */
export async function lackingOf(
  db: Connection,
  entries: readonly Revocation[],
): Promise<readonly Revocation[]> {
  const lacking: Revocation[] = []
  for (const entry of entries) {
    const { kind, id, effect } = entry
    const row = await db
      .selectFrom('revocations')
      .select('seq')
      .$if(kind === 'era', (rows) => rows.where('era', '=', id))
      .$if(kind !== 'era', (rows) => rows.where('kind', '=', kind as 'sid').where('id', '=', id))
      .$if(effect !== undefined, (rows) => rows.where('effect_id', 'is not', null))
      .limit(1)
      .executeTakeFirst()
    if (row === undefined) lacking.push(entry)
  }
  return lacking
}

/** Entries that a process remembers, to append them again if they are lost. */
export const MOST_REMEMBERED = 50_000

/** Entries whose numbers are noted in one transaction before they are deleted. */
const NOTED = 5000

/**
 * Notes the numbers of entries that expired before a time and will be deleted next: from then on no
 * guard resumes below them. Entries of keys never expire.
 * @returns how many.
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
 * Deletes entries that expired before a time, oldest first, if their numbers have been noted.
 * @returns how many.
 */
export async function dropRevocationsBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { dropped } = await logState(db)
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

/** Deletes effects of entries that expired before a time. @returns how many. */
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

/** The entry that revokes tokens with this id. */
export async function findRevocation(
  db: Connection,
  kind: RevocationEntry['kind'],
  id: string,
): Promise<Pick<RevocationEntry, 'code'> | undefined> {
  const rows = db.selectFrom('revocations').select('code').limit(1)
  return kind === 'era'
    ? rows.where('era', '=', id).executeTakeFirst()
    : rows.where('kind', '=', kind).where('id', '=', id).executeTakeFirst()
}
