import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { refuseRows } from '@keyhaven/stage/databases/refuse-rows'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const data = newFolder()
const log = testLog()
const errors = vi.spyOn(log, 'error')
let here: Service
let there: Service
let database: string

/** Two processes on one database. */
beforeAll(async () => {
  database = await databaseIn(data)
  here = await serve(data, { log })
  there = await serve(data, { log })
})
afterAll(async () => {
  for (const one of [here, there]) await one.close()
  rmSync(data, { recursive: true })
})

const give = (at: Service, { id }: Person): Promise<unknown> =>
  at.keyhaven.accounts.addRole(id, 'editor')

const waiting = async (): Promise<number> =>
  (await rowsIn(database, 'select id from outbox')).length

/** The accounts of the notices to pages after a number, in order. */
async function noticesAfter(number: number): Promise<string[]> {
  const rows = await rowsIn(
    database,
    `select account_id from notices where kind = 'pages' and number > ${number} order by number`,
  )
  return rows.map(({ account_id }) => String(account_id))
}

async function newest(): Promise<number> {
  const [row] = await rowsIn(database, 'select max(number) as number from notices')
  return Number(row?.['number'] ?? 0)
}

/** Opens a page of a person; the answer counts the changes that it was notified of. */
async function openPage(at: Service, { cookie }: Person) {
  const stop = new AbortController()
  const events = await fetch(`${at.address}/sessions/current/events`, {
    headers: { cookie },
    signal: stop.signal,
  })
  let text = ''
  const reading = events.body?.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write: (part) => {
        text += part
      },
    }),
  )
  return {
    changes: (): number => text.split('event: changed').length - 1,
    close: async (): Promise<void> => {
      stop.abort()
      await reading?.catch(() => undefined)
    },
  }
}

describe('a role that is given at one process', () => {
  it('is shown by the account’s page at another, and no page of another account is notified', async () => {
    const [person, other] = [await newPerson(here), await newPerson(here)]
    const pages = [await openPage(there, person), await openPage(there, other)]
    await give(here, person)
    await until('the page is notified', () => pages[0]?.changes() === 1)
    await until('nothing is left', async () => (await waiting()) === 0)
    expect(pages.map(({ changes }) => changes())).toEqual([1, 0])
    for (const page of pages) await page.close()
  })

  it('writes nothing to the outbox if the account had it before', async () => {
    const person = await newPerson(here)
    await give(here, person)
    await until('nothing is left', async () => (await waiting()) === 0)
    const before = await newest()
    await give(there, person)
    expect(await waiting()).toBe(0)
    expect(await newest()).toBe(before)
  })
})

describe('an event without a consumer', () => {
  it('writes no row of the outbox: a sign-in, a revocation, a changed profile', async () => {
    await until('nothing is left', async () => (await waiting()) === 0)
    const before = await newest()
    const person = await newPerson(here)
    await person.ask(`PATCH /accounts/${person.id}`, { name: 'Ada' })
    await person.ask('DELETE /sessions/current')
    expect(await waiting()).toBe(0)
    expect(await newest()).toBe(before)
  })
})

describe('simultaneous deliveries of two processes', () => {
  it('deliver each row once and number the notices without a gap', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => newPerson(here)))
    const before = await newest()
    await Promise.all(people.map((person, at) => give(at % 2 === 0 ? here : there, person)))
    await until('nothing is left', async () => (await waiting()) === 0)
    const found = await noticesAfter(before)
    expect(found.toSorted()).toEqual(people.map(({ id }) => id).toSorted())
    expect(await newest()).toBe(before + people.length)
  })
})

describe('a row of the outbox that always fails', () => {
  it('holds back its account only, is logged, and is delivered once it can be', async () => {
    const [stuck, free] = [await newPerson(here), await newPerson(here)]
    const before = await newest()
    const accept = await refuseRows(database, {
      table: 'notices',
      values: { account_id: stuck.id },
    })
    await give(here, stuck)
    // The change of the table may have failed other statements too
    const failed = 'an event can’t be delivered; trying again'
    await until('it has failed', () => errors.mock.calls.flat().includes(failed))
    await give(there, free)
    await until('the other account’s is delivered', async () =>
      (await noticesAfter(before)).includes(free.id),
    )
    expect(await noticesAfter(before)).toEqual([free.id])
    expect(await waiting()).toBe(1)
    await accept()
    await until('it is delivered', async () => (await waiting()) === 0)
    expect(await noticesAfter(before)).toEqual([free.id, stuck.id])
  })

  it('stops nothing if there are more such rows than a batch has', async () => {
    const [stuck, free] = [await newPerson(here), await newPerson(here)]
    const before = await newest()
    const rows = Array.from(
      { length: 250 },
      (_, at) => `('notices', 'of.a.later.version', 'stuck-${at}', 0)`,
    )
    const columns = 'insert into outbox (consumer, event, account_id, written_at) values'
    await changeIn(
      database,
      `${columns} ${rows.join(', ')}, ('notices', 'of.a.later.version', '${stuck.id}', 0)`,
    )
    await give(here, stuck)
    await give(there, free)
    await until('the other account’s is delivered', async () =>
      (await noticesAfter(before)).includes(free.id),
    )
    // The later row of its account waits for the one that fails
    expect(await noticesAfter(before)).toEqual([free.id])
    expect(await waiting()).toBe(rows.length + 2)
    await changeIn(database, "delete from outbox where event = 'of.a.later.version'")
    await until('nothing is left', async () => (await waiting()) === 0)
    expect(await noticesAfter(before)).toEqual([free.id, stuck.id])
  })
})

describe('a process that has missed notices', () => {
  it('assumes every change, so that every page is notified', async () => {
    const person = await newPerson(here)
    const page = await openPage(there, person)
    const number = await newest()
    await changeIn(
      database,
      'delete from notices',
      `insert into notices (number, id, kind, account_id) values (${number + 2000}, 'later', 'keys', '')`,
      `update installation set value = '${number + 2000}:later' where name = 'notices'`,
    )
    await until('the page is notified', () => page.changes() === 1)
    await page.close()
  })
})
