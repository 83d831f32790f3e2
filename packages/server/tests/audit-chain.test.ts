import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forge } from '@keyhaven/stage/databases/forge'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

type Row = Readonly<Record<string, string | number | null>> & {
  readonly id: number
  readonly number: number
  readonly hash: string
}

const data = newFolder()
let service: Service
let database: string
/** The chain as the service sealed it. */
let sealed: readonly Row[]

const rows = async (): Promise<Row[]> =>
  (await rowsIn(database, 'select * from audit order by number')).map((row) => ({
    ...(row as Row),
    id: Number(row['id']),
    at: Number(row['at']),
    number: Number(row['number']),
  }))
const verify = (from?: number) => service.keyhaven.audit.verify(from)

function literal(value: string | number | null): string {
  if (value === null) return 'null'
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
}
const insertion = (row: Row): string =>
  `insert into audit (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`
const head = (text: string): string =>
  `update installation set value = '${text}' where name = 'audit'`

/** Puts everything back as it was sealed. */
async function mend(): Promise<void> {
  const { number, hash } = sealed.at(-1) ?? { number: 0, hash: '' }
  await forge(database, 'delete from audit', ...sealed.map(insertion), head(`${number}:${hash}`))
  expect(await verify()).toMatchObject({ broken: undefined, rows: sealed.length })
}

beforeAll(async () => {
  service = await serve(data)
  database = await databaseIn(data)
  const admin = await newPerson(service, 'admin')
  const member = await newPerson(service)
  const lock = { person: admin, body: { status: 'locked', reason: 'taken over' } }
  await send(service, `PUT /accounts/${member.id}/roles/editor`, { person: admin })
  await send(service, `DELETE /accounts/${member.id}/roles/editor`, { person: admin })
  await send(service, `PATCH /accounts/${member.id}`, lock)
  const wrong = { body: { login: admin.email, password: 'wrong password' } }
  await send(service, 'POST /sessions', wrong)
  expect(await verify()).toMatchObject({ broken: undefined })
  sealed = await rows()
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

describe('the chain of the audit log (R99, A18)', () => {
  it('has every row once, by number without gaps, and says from when to when', async () => {
    expect(sealed.length).toBeGreaterThan(8)
    expect(sealed.map(({ number }) => number)).toEqual(sealed.map((_, at) => at + 1))
    const last = sealed.at(-1)
    expect(await verify()).toEqual({
      rows: sealed.length,
      first: new Date(Number(sealed[0]?.['at'])).toISOString(),
      last: new Date(Number(last?.['at'])).toISOString(),
      head: { number: last?.number, hash: last?.hash },
      restored: [],
      broken: undefined,
    })
  })
  it('is broken by an edit of any column of any row, and names that row', async () => {
    const columns = Object.keys(sealed[0] ?? {})
    expect(columns).toHaveLength(12)
    for (const row of sealed) {
      for (const column of columns) {
        const value = row[column] ?? null
        const other = typeof value === 'number' ? value + 1000 : value === null ? 'x' : `${value}x`
        const set = (to: string | number | null, id: number): string =>
          `update audit set ${column} = ${literal(to)} where id = ${id}`
        await forge(database, set(other, row.id))
        const what = column === 'number' ? 'missing' : 'edited'
        const { broken, rows: right } = await verify()
        expect({ column, broken, right }).toEqual({
          column,
          right: row.number - 1,
          broken: { number: row.number, what },
        })
        await forge(database, set(value, column === 'id' ? row.id + 1000 : row.id))
      }
    }
    expect((await verify()).broken).toBeUndefined()
  })
  it('is broken by a value that is taken away, and by one of another kind', async () => {
    const full = sealed.find(({ reason, session_id }) => reason !== null && session_id !== null)
    const { number = 0 } = full ?? {}
    for (const column of ['actor_id', 'account_id', 'session_id', 'reason', 'address']) {
      for (const to of ['null', "''"]) {
        await forge(database, `update audit set ${column} = ${to} where number = ${number}`)
        expect((await verify()).broken).toEqual({ number, what: 'edited' })
        await mend()
      }
    }
  })
  it.each([
    ['the first row', () => 1, 'missing'],
    ['a row in the middle', () => 5, 'missing'],
    ['the last row', () => sealed.length, 'truncated'],
  ])('is broken by the deletion of %s', async (_what, which, what) => {
    await forge(database, `delete from audit where number = ${which()}`)
    expect((await verify()).broken).toEqual({ number: which(), what })
    await mend()
  })
  it('is broken by a deletion whose gap is closed', async () => {
    const close = Array.from({ length: sealed.length - 4 }, (_, at) => at + 5)
    await forge(
      database,
      'delete from audit where number = 4',
      ...close.map((number) => `update audit set number = ${number - 1} where number = ${number}`),
      head(`${sealed.length - 1}:${sealed.at(-1)?.hash}`),
    )
    expect((await verify()).broken).toEqual({ number: 4, what: 'edited' })
    await mend()
  })
  it('is broken by the deletion of all', async () => {
    await forge(database, 'delete from audit')
    expect((await verify()).broken).toEqual({ number: 1, what: 'truncated' })
    await mend()
  })
  it('is broken if two rows change places', async () => {
    const [third, sixth] = [sealed[2], sealed[5]] as [Row, Row]
    const take = (row: Row, { number, hash }: Row): string =>
      `update audit set number = ${number}, hash = '${hash}' where id = ${row.id}`
    await forge(
      database,
      `update audit set number = 0 where id = ${third.id}`,
      take(sixth, third),
      take(third, sixth),
    )
    expect((await verify()).broken).toEqual({ number: 3, what: 'edited' })
    await mend()
  })
  it('is broken by an appended row with a made-up hash, or an old one', async () => {
    const number = sealed.length + 1
    const forged = { ...(sealed[1] as Row), id: 5000, number, reason: 'forged' }
    await forge(database, insertion(forged))
    expect((await verify()).broken).toEqual({ number, what: 'inserted' })
    // Nor does it help to say that the chain reaches that far
    await forge(database, head(`${number}:${forged.hash}`))
    expect((await verify()).broken).toEqual({ number, what: 'edited' })
    await mend()
    await forge(database, insertion({ ...forged, number: number + 7 }))
    expect((await verify()).broken).toEqual({ number: number + 7, what: 'inserted' })
    await mend()
    await forge(database, insertion({ ...forged, number: 0 }))
    expect((await verify()).broken).toEqual({ number: 0, what: 'inserted' })
    await mend()
  })
  it('is broken by rows that take the place of others, and goes on behind them', async () => {
    const number = sealed.length + 1
    const forged = { ...(sealed[1] as Row), id: 5000, number, reason: 'forged' }
    await forge(database, insertion(forged))
    await newPerson(service)
    // What comes behind it is sealed all the same, and can be checked from there on
    const { head: reached } = await verify(number + 1)
    expect(reached.number).toBeGreaterThan(number)
    expect((await verify()).broken?.number).toBe(number)
    await forge(database, `delete from audit where number >= ${number}`)
    await forge(database, head(`${sealed.length}:${sealed.at(-1)?.hash}`))
    expect((await verify()).broken).toEqual({ number, what: 'truncated' })
  })
})

describe('the audit log’s table (A18)', () => {
  const fresh = newFolder()
  let other: Service
  beforeAll(async () => {
    other = await serve(fresh)
    await newPerson(other)
    await newPerson(other)
  })
  afterAll(async () => {
    await other.close()
    rmSync(fresh, { recursive: true })
  })
  it.each([
    "update audit set reason = 'nothing happened' where number = 2",
    'update audit set at = at - 1 where number = 2',
    'update audit set number = null, hash = null where number = 2',
    "update audit set hash = 'x' where number = 2",
    'delete from audit where number = 2',
    'delete from audit',
  ])('takes no %s', async (statement) => {
    expect((await other.keyhaven.audit.verify()).rows).toBeGreaterThan(2)
    await expect(changeIn(await databaseIn(fresh), statement)).rejects.toThrow(
      'the audit log is append-only',
    )
    expect((await other.keyhaven.audit.verify()).broken).toBeUndefined()
  })
})

describe('rows that are not sealed yet (R99)', () => {
  it('are sealed within about a second, those of a version without a chain too', async () => {
    const fresh = newFolder()
    const other = await serve(fresh)
    const place = await databaseIn(fresh)
    await changeIn(
      place,
      `insert into audit (at, action, reason) values (1, 'session.opened', 'of before')`,
    )
    await until('it is sealed', async () =>
      (await rowsIn(place, "select number from audit where reason = 'of before'")).some(
        ({ number }) => number !== null,
      ),
    )
    expect((await other.keyhaven.audit.verify()).broken).toBeUndefined()
    await other.close()
    rmSync(fresh, { recursive: true })
  })
  it('are sealed in the order in which they were written, however many there are', async () => {
    const fresh = newFolder()
    const other = await serve(fresh)
    const place = await databaseIn(fresh)
    const many = Array.from({ length: 1203 }, (_, at) => `(${at}, 'session.opened', 'row ${at}')`)
    await changeIn(place, `insert into audit (at, action, reason) values ${many.join(', ')}`)
    const { rows: whole, broken, first, last } = await other.keyhaven.audit.verify()
    expect({ whole, broken, first, last }).toEqual({
      whole: 1203,
      broken: undefined,
      first: '1970-01-01T00:00:00.000Z',
      last: '1970-01-01T00:00:01.202Z',
    })
    const disordered = await rowsIn(
      place,
      "select id from audit where reason <> 'row ' || (number - 1)",
    )
    expect(disordered).toEqual([])
    await forge(place, 'update audit set at = at + 1 where number in (501, 1203)')
    expect((await other.keyhaven.audit.verify()).broken).toEqual({ number: 501, what: 'edited' })
    expect((await other.keyhaven.audit.verify(502)).broken).toEqual({
      number: 1203,
      what: 'edited',
    })
    await other.close()
    rmSync(fresh, { recursive: true })
  })
})
