import { rmSync } from 'node:fs'
import type { CredentialEntry } from '@keyhaven/core/wire'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { bearer, codeOf, newPerson, send, signIn } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let service: Service
let database: string
let support: Person

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  service = await serve(data)
  support = await newPerson(service, 'admin')
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

interface Written {
  readonly kind: 'api-key' | 'delegation' | 'ticket'
  readonly parent?: string | null
  readonly expiresAt?: number
}

let at = 0

/** Writes a credential with a token, as the calls that make such ones do. */
async function write(
  id: string,
  { id: account }: Person,
  { kind, parent = null, expiresAt = Date.now() + 600_000 }: Written,
): Promise<void> {
  const above = parent === null ? 'null' : `'${parent}'`
  at = Math.max(at + 1, Date.now())
  const own = {
    'api-key': `insert into api_keys (credential_id, name, secret_sha256) values ('${id}', 'reports', 'none')`,
    delegation: `insert into delegations (credential_id, audiences) values ('${id}', '["https://a.example"]')`,
    ticket: `insert into tickets (credential_id, ticket_sha256, url, audiences) values ('${id}', '${id}', 'https://a.example/x', '[]')`,
  }
  await changeIn(
    database,
    `insert into credentials (id, kind, account_id, client_id, scope, parent_id, created_at, last_used_at, absolute_expires_at)
     values ('${id}', '${kind}', '${account}', 'web', '["notes:read"]', ${above}, ${at}, ${at}, ${expiresAt})`,
    own[kind],
    `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
     values ('token of ${id}', '${account}', '${id}', 'web', 0, ${Math.floor(expiresAt / 1000)}, '{}')`,
  )
}

const pathOf = ({ id }: Person, credential?: string): string =>
  `/accounts/${id}/credentials${credential === undefined ? '' : `/${credential}`}`

interface Listed {
  readonly items: readonly CredentialEntry[]
  readonly next: string | null
}

async function list(person: Person, by: Person = person, query = ''): Promise<Listed> {
  const answer = await by.ask(`GET ${pathOf(person)}${query}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Listed
}

const idsOf = async (person: Person): Promise<string[]> =>
  (await list(person)).items.map(({ id }) => id)

async function isRevoked(kind: 'sid' | 'jti', id: string): Promise<boolean> {
  const found = `select seq from revocations where kind = '${kind}' and id = '${id}'`
  return (await rowsIn(database, found)).length === 1
}

describe('the tree of credentials', () => {
  it('lists all kinds, oldest first with their parents, page by page, without what is over (R33)', async () => {
    const ann = await newPerson(service)
    await write('kh_1', ann, { kind: 'api-key' })
    await write('dlg_1', ann, { kind: 'delegation', parent: 'kh_1' })
    await write('tkt_1', ann, { kind: 'ticket', parent: ann.session })
    await write('dlg_over', ann, { kind: 'delegation', expiresAt: Date.now() - 1000 })
    const { items, next } = await list(ann)
    expect(next).toBeNull()
    expect(items).toMatchObject([
      { id: ann.session, kind: 'session', client: 'web', scope: null, parent: null },
      { id: 'kh_1', kind: 'api-key', name: 'reports', scope: ['notes:read'], lastUsedAt: null },
      { id: 'dlg_1', kind: 'delegation', name: 'https://a.example', parent: 'kh_1' },
      { id: 'tkt_1', kind: 'ticket', name: 'https://a.example/x', parent: ann.session },
    ])
    const first = await list(ann, ann, '?limit=3')
    const rest = await list(ann, ann, `?limit=3&cursor=${first.next}`)
    expect([...first.items, ...rest.items]).toEqual(items)
    // The secrets of none are there
    expect(JSON.stringify(items)).not.toMatch(/sha256|secret|"none"/)
  })

  it('is for its owner and for holders of the scope, and does not exist for others (H42)', async () => {
    const ann = await newPerson(service)
    const bob = await newPerson(service)
    expect((await list(ann, support)).items).toHaveLength(1)
    expect(await codeOf(await bob.ask(`GET ${pathOf(ann)}`))).toBe('404 not_found')
    const refused = await bob.ask(`DELETE ${pathOf(ann, ann.session)}`)
    expect(await codeOf(refused)).toBe('404 not_found')
    expect((await send(service, `GET ${pathOf(ann)}`)).status).toBe(401)
    expect(await codeOf(await support.ask('GET /accounts/acc_none/credentials'))).toBe(
      '404 not_found',
    )
    expect(await idsOf(ann)).toEqual([ann.session])
  })
})

describe('one credential', () => {
  it('ends with all below it, in one call, and nothing beside it ends (P22)', async () => {
    const ann = await newPerson(service)
    await write('kh_2', ann, { kind: 'api-key' })
    await write('dlg_2', ann, { kind: 'delegation', parent: 'kh_2' })
    await write('dlg_deeper', ann, { kind: 'delegation', parent: 'dlg_2' })
    await write('tkt_beside', ann, { kind: 'ticket', parent: ann.session })
    expect((await ann.ask(`DELETE ${pathOf(ann, 'dlg_2')}`)).status).toBe(204)
    expect(await idsOf(ann)).toEqual([ann.session, 'kh_2', 'tkt_beside'])
    expect(await isRevoked('jti', 'token of dlg_deeper')).toBe(true)
    expect((await ann.ask(`DELETE ${pathOf(ann, 'kh_2')}`)).status).toBe(204)
    // Repeated, as after a lost answer
    expect((await ann.ask(`DELETE ${pathOf(ann, 'kh_2')}`)).status).toBe(204)
    const { items } = (await (
      await support.ask(`GET /audit?account=${ann.id}&action=credential.ended&sort=createdAt`)
    ).json()) as { items: { details: unknown }[] }
    expect(items.map(({ details }) => details)).toEqual([
      {
        credential: 'dlg_2',
        kind: 'delegation',
        ended: { sessions: 0, apiKeys: 0, delegations: 2 },
      },
      { credential: 'kh_2', kind: 'api-key', ended: { sessions: 0, apiKeys: 1, delegations: 0 } },
    ])
  })

  it('of another account, or none, is 404', async () => {
    const [ann, bob] = [await newPerson(service), await newPerson(service)]
    await write('kh_3', bob, { kind: 'api-key' })
    for (const id of ['kh_3', bob.session, 'kh_none']) {
      expect(await codeOf(await ann.ask(`DELETE ${pathOf(ann, id)}`)), id).toBe('404 not_found')
      const byScope = await support.ask(`DELETE ${pathOf(ann, id)}`)
      expect(await codeOf(byScope), id).toBe('404 not_found')
    }
    expect(await idsOf(bob)).toEqual([bob.session, 'kh_3'])
  })

  it('needs a fresh proof, and that the own rank is no lower (H21)', async () => {
    const ann = await newPerson(service)
    await write('kh_4', ann, { kind: 'api-key' })
    await changeIn(
      database,
      `update sessions set auth_time = auth_time - 3600000 where credential_id = '${ann.session}'`,
    )
    const stale = await ann.ask(`DELETE ${pathOf(ann, 'kh_4')}`)
    expect(await codeOf(stale)).toBe('401 step_up_required')
    const byScope = await support.ask(`DELETE ${pathOf(ann, 'kh_4')}?reason=lost`)
    expect(byScope.status).toBe(204)
    expect(await idsOf(ann)).toEqual([ann.session])
  })

  it('clears the cookies if it is the own session, and leaves them if it is another', async () => {
    const ann = await newPerson(service)
    const phone = await signIn(service, ann.email)
    await write('tkt_5', ann, { kind: 'ticket', parent: ann.session })
    const other = await ann.ask(`DELETE ${pathOf(ann, phone.session)}`)
    expect(setCookies(other)).toEqual([])
    expect((await phone.ask('GET /user/current')).status).toBe(401)
    const byToken = await signIn(service, ann.email)
    const ended = await send(service, `DELETE ${pathOf(ann, byToken.session)}`, {
      headers: { origin: undefined, ...bearer(byToken.token) },
    })
    expect([ended.status, setCookies(ended)]).toEqual([204, []])
    expect((await ann.ask(`DELETE ${pathOf(ann, ann.session)}`)).status).toBe(204)
    expect([...ann.cookies.keys()].filter((name) => !name.includes('device'))).toEqual([])
    expect(await isRevoked('jti', 'token of tkt_5')).toBe(true)
  })
})

describe('everything', () => {
  it('ends keys, exchanged tokens and tickets too, by the owner or support, and counts them (H36)', async () => {
    const ann = await newPerson(service)
    for (const by of ['DELETE /sessions', `DELETE /accounts/${ann.id}/sessions`]) {
      const here = await signIn(service, ann.email)
      const name = by.length
      await write(`kh_all${name}`, ann, { kind: 'api-key' })
      await write(`dlg_all${name}`, ann, { kind: 'delegation', parent: `kh_all${name}` })
      await write(`tkt_all${name}`, ann, { kind: 'ticket', parent: here.session })
      const caller = by === 'DELETE /sessions' ? here : support
      expect((await caller.ask(`${by}?everything=true`)).status).toBe(204)
      const left = `select id from credentials where account_id = '${ann.id}' and ended_at is null`
      expect(await rowsIn(database, left)).toEqual([])
    }
    const { items } = (await (
      await support.ask(`GET /audit?account=${ann.id}&action=sessions.ended&sort=createdAt`)
    ).json()) as { items: { details: unknown }[] }
    expect(items.map(({ details }) => details)).toMatchObject([
      { everything: true, ended: { sessions: 2, apiKeys: 1, delegations: 1 } },
      { everything: true, ended: { sessions: 1, apiKeys: 1, delegations: 1 } },
    ])
  })
})
