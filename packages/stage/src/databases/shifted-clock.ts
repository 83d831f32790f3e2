import { vi } from 'vitest'
import { changeIn } from './databases.ts'

/** The clock that a database's time comes from: this machine's for SQLite, the server's for PostgreSQL. */
export interface ShiftedClock {
  /** Sets it ahead by this many milliseconds of the true time; behind if negative. */
  shift(milliseconds: number): Promise<void>
  restore(): void
}

/**
 * Makes the clock of a database wrong on demand. On PostgreSQL, whose server other tests use too, it puts a
 * function with the name of the server's own first on the search path of this database, so call it before a
 * service connects.
 */
export async function shiftedClock(database: string): Promise<ShiftedClock> {
  if (!database.startsWith('postgres')) {
    const now = Date.now.bind(Date)
    let by = 0
    const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + by)
    return {
      shift: async (milliseconds) => {
        by = milliseconds
      },
      restore: () => spy.mockRestore(),
    }
  }
  const name = new URL(database).pathname.slice(1)
  await changeIn(
    database,
    'create schema shifted',
    'create table shifted.shift (seconds double precision not null)',
    'insert into shifted.shift values (0)',
    `create function shifted.clock_timestamp() returns timestamptz language sql volatile as
     'select pg_catalog.clock_timestamp() + seconds * interval ''1 second'' from shifted.shift'`,
    `alter database ${name} set search_path = shifted, pg_catalog, public`,
  )
  return {
    shift: (milliseconds) =>
      changeIn(database, `update shifted.shift set seconds = ${milliseconds / 1000}`),
    restore: () => {},
  }
}
