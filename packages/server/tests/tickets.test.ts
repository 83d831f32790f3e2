import { rmSync } from 'node:fs'
import type { AccessTokenClaims, NewApiKey } from '@keyhaven/core/wire'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { expire } from '@keyhaven/stage/databases/expire'
import { newKey } from '@keyhaven/stage/http/new-key'
import { bearer, codeOf, newPerson, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const NOTES = 'https://notes.example'
const FILES = 'https://files.example'
/** An origin that is no audience, and is given to the guard of the notes. */
const MEDIA = 'https://media.example:8443'

let service: Service
let database: string
let ann: Person
const keys = { notes: '', files: '' }

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  service = await serve(data, { audience: [NOTES, FILES] })
  ann = await newPerson(service)
  keys.notes = await service.keyhaven.guards.add('notes')
  keys.files = await service.keyhaven.guards.add('files')
  await changeIn(
    database,
    `update guards set audiences = '["${NOTES}"]', origins = '["${MEDIA}"]' where name = 'notes'`,
    `update guards set audiences = '["${FILES}"]' where name = 'files'`,
  )
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

interface Made {
  readonly ticket: string
  readonly url: string
  readonly expiresIn: number
}

async function make(url: string, person = ann): Promise<Made> {
  const answer = await person.ask('POST /tickets', { url })
  expect(answer.status).toBe(201)
  return (await answer.json()) as Made
}

const redeem = (ticket: string, url: string, key = keys.notes): Promise<Response> =>
  send(service, 'POST /tickets/redeem', {
    body: { ticket, url },
    headers: { origin: undefined, ...bearer(key) },
  })

async function claimsOf(answer: Response): Promise<AccessTokenClaims> {
  expect(answer.status).toBe(200)
  return (await answer.json()) as AccessTokenClaims
}

const byKey = (key: NewApiKey, url: string): Promise<Response> =>
  send(service, 'POST /tickets', {
    body: { url },
    headers: { origin: undefined, ...bearer(key.key) },
  })

describe('a ticket', () => {
  it('opens one address of one API for the user of a session, once (H40, P21)', async () => {
    const made = await make(`${NOTES}/photos/1?size=large`)
    expect(made).toEqual({
      ticket: expect.stringMatching(/^kht_[\w-]{43}$/),
      url: `${NOTES}/photos/1?size=large&ticket=${made.ticket}`,
      expiresIn: 60,
    })
    const claims = await claimsOf(await redeem(made.ticket, `${NOTES}/photos/1?size=large`))
    expect(claims).toMatchObject({
      iss: service.issuer,
      sub: `${service.issuer}/accounts/${ann.id}`,
      aud: [NOTES],
      sid: ann.session,
      client_id: 'web',
      scope: 'notes:read',
      exp: claims.iat + 60,
    })
    expect(Object.keys(claims)).not.toContain('auth_time')
    // It is recorded, so that whatever ends tokens ends it
    const stored = await rowsIn(
      database,
      `select credential_id from tokens where jti = '${claims.jti}'`,
    )
    expect(stored).toHaveLength(1)
    const again = await redeem(made.ticket, `${NOTES}/photos/1?size=large`)
    expect(await codeOf(again)).toBe('401 token_invalid')
    // Only its hash is stored, and no line of the audit log names it
    const rows = await rowsIn(database, 'select * from tickets')
    expect(JSON.stringify(rows)).not.toContain(made.ticket)
    const all = await (await ann.ask(`GET /accounts/${ann.id}/export`)).text()
    expect(all).not.toContain(made.ticket)
    expect(JSON.parse(all).credentials).toContainEqual(
      expect.objectContaining({ url: `${NOTES}/photos/1?size=large`, audience: [NOTES] }),
    )
    const audit = await rowsIn(database, 'select * from audit')
    expect(JSON.stringify(audit)).not.toContain('kht_')
  })

  it('is refused at another address, by the guard of another audience, and if it is none, and stays unused', async () => {
    const { ticket } = await make(`${NOTES}/a`)
    for (const url of [`${NOTES}/b`, `${NOTES}/a?x=1`, `${FILES}/a`, `${NOTES}/A`, 'nonsense']) {
      expect(await codeOf(await redeem(ticket, url)), url).toBe('401 token_invalid')
    }
    expect(await codeOf(await redeem(ticket, `${NOTES}/a`, keys.files))).toBe('401 token_invalid')
    expect(await codeOf(await redeem(`kht_${'a'.repeat(43)}`, `${NOTES}/a`))).toBe(
      '401 token_invalid',
    )
    const noGuard = await send(service, 'POST /tickets/redeem', {
      person: ann,
      body: { ticket, url: `${NOTES}/a` },
    })
    expect(await codeOf(noGuard)).toBe('403 credential_not_allowed')
    // As another program writes the same address
    expect((await redeem(ticket, `wss://NOTES.example:443/x/../a?`)).status).toBe(200)
  })

  it('of a socket is one of the same host by http, and of an origin that was given to a guard', async () => {
    const socket = await make('wss://notes.example/live')
    expect(socket.url).toBe(`wss://notes.example/live?ticket=${socket.ticket}`)
    expect((await redeem(socket.ticket, `${NOTES}/live`)).status).toBe(200)
    const media = await make(`${MEDIA}/film`)
    expect(await codeOf(await redeem(media.ticket, `${MEDIA}/film`, keys.files))).toBe(
      '401 token_invalid',
    )
    expect((await claimsOf(await redeem(media.ticket, `${MEDIA}/film`))).aud).toEqual([NOTES])
  })

  it('is used within 60 seconds or never', async () => {
    const late = await make(`${NOTES}/late`)
    await changeIn(
      database,
      `update credentials set absolute_expires_at = absolute_expires_at - 60001
       where id in (select credential_id from tickets where url = '${NOTES}/late')`,
    )
    expect(await codeOf(await redeem(late.ticket, `${NOTES}/late`))).toBe('401 token_expired')
  })

  it.each([
    ['no URL', 'photos/1'],
    ['an address of another scheme', 'ftp://notes.example/a'],
    ['a user', 'https://ann@notes.example/a'],
    ['a fragment', `${NOTES}/a#b`],
    ['a ticket', `${NOTES}/a?ticket=1`],
    ['too long', `${NOTES}/${'a'.repeat(2048)}`],
    ['of no API', 'https://evil.example/a'],
    ['of the port beside', 'https://notes.example:444/a'],
    ['by plain http', 'http://notes.example/a'],
  ])('is not made for an address with or that is: %s', async (_what, url) => {
    expect(await codeOf(await ann.ask('POST /tickets', { url }))).toBe('400 invalid_request')
  })

  it('is made by a key for its own audiences and scopes, and by no other credential (H1, H30)', async () => {
    const made = await byKey(await newKey(ann), `${NOTES}/a`)
    expect(made.status).toBe(201)
    const claims = await claimsOf(await redeem(((await made.json()) as Made).ticket, `${NOTES}/a`))
    expect(claims.client_id).toMatch(/^kh_/)
    expect([claims.sid, claims.aud]).toEqual([undefined, [NOTES]])
    const narrow = await newKey(ann, { audience: [service.issuer, FILES] })
    expect(await codeOf(await byKey(narrow, `${NOTES}/a`))).toBe('400 invalid_request')
    expect(
      await codeOf(await send(service, 'POST /tickets', { body: { url: `${NOTES}/a` } })),
    ).toBe('401 not_signed_in')
    const guard = await send(service, 'POST /tickets', {
      body: { url: `${NOTES}/a` },
      headers: { origin: undefined, ...bearer(keys.notes) },
    })
    expect(guard.status).toBe(401)
    // A page of another site has the cookies and not the XSRF token
    const forged = await ann.ask('POST /tickets', { url: `${NOTES}/a` }, { 'x-xsrf-token': 'no' })
    expect(await codeOf(forged)).toBe('403 csrf_failed')
  })

  it('is no credential of the service itself (H1)', async () => {
    const { ticket } = await make(`${NOTES}/a`)
    expect((await send(service, `GET /user/current?ticket=${ticket}`)).status).toBe(401)
    const asBearer = await send(service, 'GET /user/current', { headers: bearer(ticket) })
    expect(asBearer.status).toBe(401)
    expect((await redeem(ticket, `${NOTES}/a`)).status).toBe(200)
  })

  it('of an operator has no scope of the service (H1)', async () => {
    const admin = await newPerson(service, 'admin')
    expect(admin.view.scope.join(' ')).toContain('keyhaven:')
    const { ticket } = await make(`${NOTES}/a`, admin)
    const { scope } = await claimsOf(await redeem(ticket, `${NOTES}/a`))
    expect(scope ?? '').not.toContain('keyhaven:')
  })

  it('ends with what it was made from, used or not', async () => {
    const bob = await newPerson(service)
    const [used, unused] = [await make(`${NOTES}/a`, bob), await make(`${NOTES}/b`, bob)]
    const { jti } = await claimsOf(await redeem(used.ticket, `${NOTES}/a`))
    expect((await bob.ask('DELETE /sessions/current')).status).toBe(204)
    expect(await codeOf(await redeem(unused.ticket, `${NOTES}/b`))).toBe('401 session_ended')
    const left = await rowsIn(
      database,
      `select kind from credentials where account_id = '${bob.id}' and ended_at is null`,
    )
    expect(left).toEqual([])
    expect(await rowsIn(database, `select id from revocations where id = '${jti}'`)).toEqual([])
    const sid = `select id from revocations where id = '${bob.session}'`
    expect(await rowsIn(database, sid)).toHaveLength(1)

    const locked = await newPerson(service)
    const ticket = await make(`${NOTES}/c`, locked)
    await service.keyhaven.accounts.lock(locked.id, 'a test')
    expect(await codeOf(await redeem(ticket.ticket, `${NOTES}/c`))).toBe('401 account_locked')
    await service.keyhaven.accounts.unlock(locked.id)
    expect(await codeOf(await redeem(ticket.ticket, `${NOTES}/c`))).toBe('401 account_locked')
  })

  it('whose own time is over ends without an entry: a feed is not flooded by many (H40)', async () => {
    const bob = await newPerson(service)
    const { jti } = await claimsOf(
      await redeem((await make(`${NOTES}/a`, bob)).ticket, `${NOTES}/a`),
    )
    await make(`${NOTES}/b`, bob)
    await expire(database, bob.id, 'ticket')
    const live = `select id from credentials where account_id = '${bob.id}' and kind = 'ticket' and ended_at is null`
    await until('the job ends both', async () => (await rowsIn(database, live)).length === 0)
    expect(await rowsIn(database, `select id from revocations where id = '${jti}'`)).toEqual([])
  })

  it('is redeemed by one of two parallel calls', async () => {
    const { ticket } = await make(`${NOTES}/a`)
    const answers = await Promise.all([1, 2, 3].map(() => redeem(ticket, `${NOTES}/a`)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401])
  })

  it('is one of 1,000 of an account at most, and old ones are deleted', async () => {
    const bob = await newPerson(service)
    const now = Date.now()
    const plant = (name: string, count: number, end: number): Promise<void> =>
      changeIn(
        database,
        `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at, absolute_expires_at, epoch)
         with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
         select 'tkt_${name}' || n, 'ticket', '${bob.id}', 'web', '${bob.session}', ${now}, ${now}, ${end}, 99 from numbers`,
      )
    await plant('over', 5, now - 700_000)
    await plant('live', 999, now + 600_000)
    await make(`${NOTES}/a`, bob)
    expect(await codeOf(await bob.ask('POST /tickets', { url: `${NOTES}/a` }))).toBe(
      '429 rate_limited',
    )
    const over = `select id from credentials where account_id = '${bob.id}' and id like 'tkt_over%'`
    expect(await rowsIn(database, over)).toEqual([])
  })
})
