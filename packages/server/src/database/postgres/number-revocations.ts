import { sql } from 'kysely'
import type { CompiledQuery } from 'kysely'
import { compiled } from '../compiled.ts'
import type { Connection } from '../database.ts'
import { CHANNEL } from './wakes.ts'

/** Entries numbered in one transaction. */
const BATCH = 1000

const lockCounter = compiled((db) =>
  db.selectFrom('revocation_counter').select('seq').where('id', '=', 1).forUpdate(),
)

/** One statement, as each waits for the network. Its notification reaches other processes at the commit. */
const numberPending = compiled((db, sender) => ({
  compile: (): CompiledQuery<{ readonly taken: number }> =>
    sql<{ readonly taken: number }>`
      with taken as (
        delete from pending_revocations
        where place in (select place from pending_revocations order by place limit ${sql.lit(BATCH)})
        returning *
      ), counted as (
        update revocation_counter set seq = seq + (select count(*) from taken) where id = 1
      ), written as (
        insert into revocations (seq, kind, id, code, until, era, effect_id)
        select counter.seq + row_number() over (order by taken.place),
          taken.kind, taken.id, taken.code, taken.until, taken.era, taken.effect_id
        from taken, revocation_counter as counter where counter.id = 1
      )
      select count(*) as taken, pg_notify(${sql.lit(CHANNEL)}, ${sender}) from taken having count(*) > 0
    `.compile(db),
}))

/**
 * Numbers pending revocations, in a transaction of its own: it sees committed entries only, and the
 * lock on the counter makes numbering processes take turns. So a number never becomes visible before
 * a lower one.
 * @param sender The name of this process in the notification of the others.
 * @returns whether more may be pending.
 */
export async function numberRevocations(db: Connection, sender: string): Promise<boolean> {
  // Locked by a statement before, so that the next one sees what the process before has written
  const [counter] = await lockCounter(db)
  // Without it the next statement would take entries and write none
  if (counter === undefined) throw new Error('The counter of revocations is missing.')
  const [row] = await numberPending(db, sender)
  return row?.taken === BATCH
}
