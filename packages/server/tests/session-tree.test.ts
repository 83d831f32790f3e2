import { rmSync } from 'node:fs'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson, send, signIn } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let service: Service
let database: string

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  service = await serve(data)
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const IN_AN_HOUR = Date.now() + 3_600_000

/** The epoch of the database. */
let epochNow = 0

interface Written {
  readonly parent?: string | undefined
  /** The epoch whose end is its own; null if it outlives a restore. */
  readonly epoch?: number | null
}

/** Writes a credential of a kind that this version does not know, and a token of it. */
async function write(
  id: string,
  { id: account }: Person,
  { parent, epoch = epochNow }: Written = {},
): Promise<void> {
  await changeIn(
    database,
    `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at, epoch)
     values ('${id}', 'next', '${account}', 'next', ${parent === undefined ? 'null' : `'${parent}'`}, 0, 0, ${epoch})`,
    `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
     values ('token of ${id}', '${account}', '${id}', 'next', 0, ${Math.floor(IN_AN_HOUR / 1000)}, '{}')`,
  )
}

async function hasEnded(id: string): Promise<boolean> {
  const [row] = await rowsIn(
    database,
    `select ended_at, end_code from credentials where id = '${id}'`,
  )
  return row?.['ended_at'] !== null && row?.['end_code'] !== null
}

async function isRevoked(kind: 'sid' | 'jti', id: string): Promise<boolean> {
  const found = `select seq from revocations where kind = '${kind}' and id = '${id}'`
  return (await rowsIn(database, found)).length === 1
}

describe('a credential that was made from another', () => {
  it('ends with the session above it at a sign-out, down to the last, and nothing beside it ends', async () => {
    const person = await newPerson(service)
    const other = await signIn(service, person.email)
    await write('below', person, { parent: person.session })
    await write('deeper', person, { parent: 'below' })
    await write('beside', person, { parent: other.session })
    const answer = await send(service, 'DELETE /sessions/current', { person })
    expect(answer.status).toBe(204)
    for (const id of ['below', 'deeper']) {
      expect(await hasEnded(id), id).toBe(true)
      expect(await isRevoked('jti', `token of ${id}`), id).toBe(true)
    }
    expect(await isRevoked('sid', person.session)).toBe(true)
    expect(await hasEnded('beside')).toBe(false)
    expect((await send(service, 'GET /user/current', { person: other })).status).toBe(200)
  })
})

describe('a credential that a restore has ended', () => {
  /** Begins a new epoch, as a restore does, and lets the idle limit of a session pass. */
  async function restore(session: string): Promise<void> {
    await service.close()
    await changeIn(
      database,
      "delete from installation where name = 'epoch'",
      `insert into installation (name, value) values ('epoch', '${++epochNow}')`,
      `update installation set value = '${Date.now()}' where name = 'time'`,
      'update jobs set due_at = 0',
      `update credentials set idle_expires_at = 1 where id = '${session}'`,
    )
    service = await serve(service.data)
  }

  it('is marked with all that were made from it, and one of them that is still live is revoked', async () => {
    const person = await newPerson(service)
    const session = { parent: person.session }
    await write('of the epoch', person, session)
    await write('under it', person, { parent: 'of the epoch' })
    await write('live', person, { ...session, epoch: null })
    await write('under the live one', person, { parent: 'live', epoch: null })
    await restore(person.session)
    await until('the session is marked', () => hasEnded(person.session))
    for (const id of ['of the epoch', 'under it', 'live', 'under the live one']) {
      expect(await hasEnded(id), id).toBe(true)
    }
    expect(await isRevoked('jti', 'token of live')).toBe(true)
    expect(await isRevoked('jti', 'token of under the live one')).toBe(true)
    // The new epoch has ended these: they need no entry
    expect(await isRevoked('sid', person.session)).toBe(false)
  })

  it('is marked, and so purged, if it never had a limit, and one that outlives the restore is not', async () => {
    const person = await newPerson(service)
    await write('lasting', person, { epoch: null })
    await write('without a limit', person, { parent: 'lasting' })
    await restore(person.session)
    await until('it is marked', () => hasEnded('without a limit'))
    expect(await hasEnded('lasting')).toBe(false)
  })
})

describe('a credential of a kind that only a later version knows', () => {
  it('ends at a lock', async () => {
    const person = await newPerson(service)
    await write('of a locked account', person)
    await service.keyhaven.accounts.lock(person.id, 'a test')
    expect(await hasEnded('of a locked account')).toBe(true)
  })

  it('ends at a password change, with each of its tokens', async () => {
    const person = await newPerson(service)
    await write('of before', person)
    const body = { current: 'correct horse battery', password: 'another horse battery' }
    const answer = await send(service, `PUT /accounts/${person.id}/password`, { person, body })
    expect(answer.status).toBe(204)
    expect(await hasEnded('of before')).toBe(true)
    expect(await isRevoked('jti', 'token of of before')).toBe(true)
  })

  it('ends with “everything”, and stays if only the sessions are ended', async () => {
    const person = await newPerson(service)
    await write('of all', person)
    await send(service, 'DELETE /sessions?include=current', { person })
    expect(await hasEnded('of all')).toBe(false)
    const again = await signIn(service, person.email)
    await send(service, 'DELETE /sessions?everything=true', { person: again })
    expect(await hasEnded('of all')).toBe(true)
  })
})
