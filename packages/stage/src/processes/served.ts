import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { changeIn, databaseIn } from '../databases/databases.ts'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from './log.ts'
import type { Keyhaven, KeyhavenOptions } from '@keyhaven/server'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})
/** The password of every person here. */
export const password = 'correct horse battery'

/** A new data folder; its test removes it. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'keyhaven-feed-'))

/** A service in this process, on a real port. */
export interface Service {
  readonly keyhaven: Keyhaven
  readonly address: string
  readonly data: string
  close(): Promise<void>
}

/** Starts a service in this process on a data folder. */
export async function serve(
  data: string,
  options: Partial<KeyhavenOptions> = {},
): Promise<Service> {
  const environment = { NODE_ENV: 'test' }
  const database = await databaseIn(data)
  const made = { data, database, folder: data, access, environment, log: testLog() }
  const keyhaven = await createKeyhaven({ ...made, ...options })
  const server: Server = createServer((request, response) => {
    void keyhaven.listener(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    keyhaven,
    data,
    address: `http://127.0.0.1:${port}/auth`,
    close: async () => {
      keyhaven.endStreams()
      server.closeAllConnections()
      server.close()
      await keyhaven.close()
    },
  }
}

/** A signed-in person, with their credentials. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly session: string
  readonly cookie: string
  readonly token: string
  readonly xsrf: string
}

/** Who sends a call, and its body and further headers. */
export interface CallOptions {
  readonly person?: Person
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a call, such as `GET /sessions`, as a page of the service's own origin does. */
export function send(
  service: Service,
  call: string,
  { person, body, headers }: CallOptions = {},
): Promise<Response> {
  const [method = '', path = ''] = call.split(' ')
  return fetch(service.address + path, {
    method,
    headers: {
      origin: new URL(service.keyhaven.issuer).origin,
      ...(person && { cookie: person.cookie, 'x-xsrf-token': person.xsrf }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}

/** Signs a person in by password. */
export async function signIn(service: Service, email: string): Promise<Person> {
  const response = await send(service, 'POST /sessions', { body: { login: email, password } })
  if (response.status !== 201) throw new Error(`signing in: ${response.status}`)
  const { account, session, xsrfToken } = (await response.json()) as SessionView
  const pairs = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const token = pairs.find((pair) => pair.startsWith('keyhaven='))?.slice('keyhaven='.length) ?? ''
  const cookie = pairs.join('; ')
  return { id: account.id, email, session: session.id, cookie, token, xsrf: xsrfToken }
}

let people = 0

/** Creates an account with these roles, and signs it in. */
export async function newPerson(service: Service, ...roles: string[]): Promise<Person> {
  const email = `person${++people}@example.com`
  await service.keyhaven.accounts.create({ email, password, ...(roles.length > 0 && { roles }) })
  return signIn(service, email)
}

/** The headers with a bearer token or key. */
export const bearer = (value: string): Record<string, string> => ({
  authorization: `Bearer ${value}`,
})

/** The status and code of a refusal, as `401 token_expired`. */
export async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as { code: string }).code}`
}

/** Writes entries as another process would: in one transaction, beside the service. */
export async function writeEntries(
  { data }: Pick<Service, 'data'>,
  count: number,
  end = Date.now() + 600_000,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => `(${at + 1}, 'entry-${randomUUID()}')`)
  await changeIn(
    await databaseIn(data),
    `update revocation_counter set seq = seq + ${count}`,
    // One read of the counter: PostgreSQL takes seconds to plan one for each of thousands of rows
    `insert into revocations (seq, kind, id, code, until)
     select seq - ${count} + column1, 'jti', column2, 'token_expired', ${end}
     from revocation_counter, (values ${rows.join(', ')}) entries`,
  )
}
