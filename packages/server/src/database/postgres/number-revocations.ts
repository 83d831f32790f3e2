import type { PostgresConnections } from './connections.ts'
import { CHANNEL } from './wakes.ts'

/** Entries numbered in one transaction. */
const BATCH = 1000

const counter = 'select seq from revocation_counter where id = 1'

/**
 * The lock comes first, so that the next statement sees what the process before has written. Its
 * notification reaches other processes at the commit.
 */
const numbering = (sender: string): readonly string[] => [
  `${counter} for update`,
  `with taken as (
    delete from pending_revocations
    where place in (select place from pending_revocations order by place limit ${BATCH})
      and exists (${counter})
    returning *
  ), counted as (
    update revocation_counter set seq = seq + (select count(*) from taken) where id = 1
  ), written as (
    insert into revocations (seq, kind, id, code, until, era, effect_id)
    select counter.seq + row_number() over (order by taken.place),
      taken.kind, taken.id, taken.code, taken.until, taken.era, taken.effect_id
    from taken, (${counter}) as counter
  )
  select count(*) as taken, pg_notify('${CHANNEL}', '${sender}') from taken having count(*) > 0`,
]

/** Numbers pending revocations of one database. @returns whether more may be pending. */
export type NumberRevocations = () => Promise<boolean>

/**
 * Numbers pending revocations, in a transaction of its own: it sees committed entries only, and the
 * lock on the counter makes numbering processes take turns. So a number never becomes visible before
 * a lower one. The server runs the transaction without waiting for the process, which may be
 * suspended and would make all others wait.
 * @param sender The name of this process in the notification of the others: a UUID.
 */
export function createNumbering(
  connections: PostgresConnections,
  sender: string,
): NumberRevocations {
  const statements = numbering(sender)
  return async () => {
    const [counters, taken] = await connections.runAll(statements)
    // Without it nothing was taken, and entries would wait without anyone noticing
    if (counters?.length === 0) throw new Error('The counter of revocations is missing.')
    return Number(taken?.[0]?.['taken'] ?? 0) === BATCH
  }
}
