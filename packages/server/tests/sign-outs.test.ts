import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, countStatements, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { refuseRows } from '@keyhaven/stage/databases/refuse-rows'
import { bearer, codeOf, newPerson, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const MANY = 30
let service: Service
let people: Person[]

beforeAll(async () => {
  service = await serve(newFolder())
  const first = await newPerson(service)
  people = [first]
  while (people.length < MANY) people.push(await signIn(service, first.email))
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const signOut = (person: Person): Promise<Response> =>
  send(service, 'DELETE /sessions/current', { person })

/** Rows that name these sessions. */
async function rowsOf(table: string, column: string, sessions: readonly Person[]) {
  const ids = sessions.map(({ session }) => `'${session}'`).join(', ')
  const sql = `select * from ${table} where ${column} in (${ids})`
  return rowsIn(await databaseIn(service.data), sql)
}

describe('sign-outs that come at once', () => {
  it('share transactions; each is acknowledged when its tokens are refused, and recorded (P9, R99)', async () => {
    const one = people.splice(0, 1)
    const statements = countStatements()
    await service.keyhaven.sessions.end(one[0]?.session ?? '')
    const alone = statements.count()
    statements.clear()
    const together = people.splice(0, 20)
    await Promise.all(
      together.map(async (person) => {
        await service.keyhaven.sessions.end(person.session)
        const answer = await service.keyhaven.handler(
          new Request(`${service.keyhaven.issuer}/user/current`, { headers: bearer(person.token) }),
        )
        expect(await codeOf(answer)).toBe('401 session_ended')
      }),
    )
    expect(alone).toBeGreaterThan(4)
    expect(statements.count()).toBeLessThan((alone * together.length) / 2)
    statements.restore()
    const ended = [...one, ...together]
    const entries = await rowsOf('revocations', 'id', ended)
    expect(new Set(entries.map(({ seq }) => seq)).size).toBe(ended.length)
    const audit = await rowsOf('audit', 'session_id', ended)
    expect(audit.filter(({ action }) => action === 'session.ended')).toHaveLength(ended.length)
  })

  it('of one session write one end; of none, nothing', async () => {
    const [person] = people.splice(0, 1)
    if (person === undefined) throw new Error('nobody is left')
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => signOut(person)),
      service.keyhaven.sessions.end('ses_unknown'),
    ])
    for (const answer of answers.slice(0, 5)) expect(answer).toMatchObject({ status: 204 })
    expect(await rowsOf('revocations', 'id', [person])).toHaveLength(1)
  })

  it('fail alone if the database refuses one of them, or its id is no id (P9)', async () => {
    const all = people.splice(0, 5)
    const [refused, ...others] = all
    const database = await databaseIn(service.data)
    const accept = await refuseRows(database, {
      table: 'audit',
      values: { session_id: refused?.session ?? '', action: 'session.ended' },
    })
    const ids = ['ses_\0', '', `ses_${'x'.repeat(5000)}`, ...all.map(({ session }) => session)]
    const ends = await Promise.allSettled(ids.map((id) => service.keyhaven.sessions.end(id)))
    await accept()
    expect(ends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      ...others.map(() => 'fulfilled'),
    ])
    expect(await rowsOf('revocations', 'id', others)).toHaveLength(others.length)
    expect(await rowsOf('revocations', 'id', all.slice(0, 1))).toEqual([])
    await service.keyhaven.sessions.end(refused?.session ?? '')
    expect(await rowsOf('revocations', 'id', all.slice(0, 1))).toHaveLength(1)
  })

  it('of all devices keep the reason of each exactly as it was given', async () => {
    const person = await newPerson(service)
    const others = [await signIn(service, person.email), await signIn(service, person.email)]
    const reason = `"lost", 'stolen' \\ {"a":1} $1 ?1 ${'Å𝔘'} 50 %`
    await service.keyhaven.accounts.lock(person.id, reason)
    const rows = await rowsOf('audit', 'session_id', [person, ...others])
    const reasons = rows.filter(({ action }) => action === 'session.ended').map((row) => row.reason)
    expect(reasons).toEqual([reason, reason, reason])
  })
})

describe('entries that a process left without numbers when it died', () => {
  it('are numbered by the next sign-out, 2,500 at once, in the order in which they were written', async () => {
    const database = await databaseIn(service.data)
    // Milliseconds, as in the log: an entry whose time is over may be purged before it is read
    const until = Date.now() + 600_000
    await changeIn(
      database,
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)
        insert into pending_revocations (kind, id, code, until)
        select 'jti', 'left-' || i, 'token_revoked', ${until} from n order by i`,
    )
    const [person] = people.splice(0, 1)
    await service.keyhaven.sessions.end(person?.session ?? '')
    expect(await rowsIn(database, 'select place from pending_revocations')).toEqual([])
    const rows = await rowsIn(
      database,
      "select id, seq from revocations where id like 'left-%' order by seq",
    )
    const first = Number(rows[0]?.['seq'])
    const wanted = Array.from({ length: 2500 }, (_, at) => [`left-${at + 1}`, first + at])
    expect(rows.map(({ id, seq }) => [id, Number(seq)])).toEqual(wanted)
    const [own] = person === undefined ? [] : await rowsOf('revocations', 'id', [person])
    expect(Number(own?.['seq'])).toBe(first + 2500)
  })
})
