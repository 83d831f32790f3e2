import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { BearerSessionView, CredentialEntry, TokenAnswer } from '@keyhaven/core/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sendForm } from '@keyhaven/stage/http/forms'
import { basic, newKey } from '@keyhaven/stage/http/new-key'
import { bearer, newPerson, password, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { answers, freePort, run, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { program } from '@keyhaven/stage/processes/program'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const PARTNER = 'https://partner.example'
const partner = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const data = newFolder()
let service: Service
let api: RunningProcess
/** Where the API is reached, which is also its audience. */
let address: string
let ann: Person

beforeAll(async () => {
  const port = await freePort()
  address = `http://127.0.0.1:${port}`
  service = await serve(data, {
    audience: [address],
    exchange: { audiences: [address] },
    trust: [
      {
        issuer: PARTNER,
        audience: 'keyhaven',
        jwks: { keys: [partner.publicKey.export({ format: 'jwk' }) as { kty: string }] },
        scopes: ['notes:read'],
        algorithms: ['ES256'],
        typ: 'JWT',
        account: () => ann.id,
      },
    ],
  })
  const feedKey = await service.keyhaven.guards.add('api')
  const { issuer } = service
  const environment = { ISSUER: issuer, REACH: service.address, FEED_KEY: feedKey }
  api = run(program('guarded-api'), {
    environment: { ...environment, AUDIENCE: address, PORT: String(port) },
  })
  await until('the API answers', () => answers(`${address}/health`))
  ann = await newPerson(service)
})
afterAll(async () => {
  await api?.stop()
  await service?.close()
  rmSync(data, { recursive: true })
})

async function read<T>(answer: Response, status: number): Promise<T> {
  if (answer.status !== status) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

const onDevice = async (device: string): Promise<BearerSessionView> => {
  const body = { login: ann.email, password, device, transport: 'bearer' }
  const headers = { origin: undefined }
  return read(await send(service, 'POST /sessions', { body, headers }), 201)
}

const token = async (
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> => read(await sendForm(service, '/oauth/token', { form, headers }), 200)

const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token of the partner, for an account that it knows as `a`. */
function ofPartner(): string {
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: PARTNER, aud: 'keyhaven', sub: 'a', iat, exp: iat + 300, jti: randomUUID() }
  const input = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`
  const how = { key: partner.privateKey, dsaEncoding: 'ieee-p1363' } as const
  return `${input}.${sign('sha256', Buffer.from(input), how).toString('base64url')}`
}

it('ends every hard credential of a locked account within a second at a guard elsewhere, and unlocking revives none (R25, R26, R41, R63, A04, S11, S17)', async () => {
  const phone = await onDevice('phone')
  const commandLine = await onDevice('command line')
  const key = await newKey(ann, { name: 'build', audience: [service.issuer, address] })
  const ofKey = await token({ grant_type: 'client_credentials' }, basic(key))
  const narrowed = await token(
    { ...exchange, subject_token: ofKey.access_token, audience: address },
    basic(key),
  )
  const ofTheirs = await token({
    ...exchange,
    subject_token: ofPartner(),
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    audience: address,
  })
  const ticket = await read<{ url: string }>(
    await ann.ask('POST /tickets', { url: `${address}/photo` }),
    201,
  )

  const ways: Readonly<Record<string, () => Promise<Response>>> = {
    web: () => fetch(address, { headers: bearer(ann.token) }),
    phone: () => fetch(address, { headers: bearer(phone.accessToken) }),
    'command line': () => fetch(address, { headers: bearer(commandLine.accessToken) }),
    key: () => fetch(address, { headers: basic(key) }),
    'token of the key': () => fetch(address, { headers: bearer(ofKey.access_token) }),
    'exchanged token': () => fetch(address, { headers: bearer(narrowed.access_token) }),
    'token of the partner': () => fetch(address, { headers: bearer(ofTheirs.access_token) }),
    ticket: () => fetch(ticket.url),
  }
  const outcomes = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(ways).map(async ([name, ask]) => {
          const answer = await ask()
          const { account, code } = (await answer.json()) as { account?: string; code?: string }
          return [name, answer.status === 200 ? account : `${answer.status} ${code}`]
        }),
      ),
    )
  const everyWay = (outcome: unknown) =>
    Object.fromEntries(Object.keys(ways).map((name) => [name, outcome]))
  expect(await outcomes()).toEqual(everyWay(ann.id))

  const tree = async (): Promise<readonly CredentialEntry[]> => {
    const { items } = await read<{ items: CredentialEntry[] }>(
      await ann.ask(`GET /accounts/${ann.id}/credentials`),
      200,
    )
    return items
  }
  const shown = (await tree()).map(({ kind, client, parent }) => ({ kind, client, parent }))
  expect(shown).toEqual([
    { kind: 'session', client: 'web', parent: null },
    { kind: 'session', client: 'native', parent: null },
    { kind: 'session', client: 'native', parent: null },
    { kind: 'api-key', client: key.id, parent: null },
    { kind: 'delegation', client: key.id, parent: key.id },
    { kind: 'delegation', client: PARTNER, parent: null },
    { kind: 'ticket', client: 'web', parent: ann.session },
  ])

  await service.keyhaven.accounts.lock(ann.id, 'a story')
  const areOver = async (): Promise<boolean> =>
    Object.values(await outcomes()).every((outcome) => outcome !== ann.id)
  await until('every credential has ended', areOver, 1)

  await service.keyhaven.accounts.unlock(ann.id)
  const revived = await outcomes()
  expect(Object.values(revived)).not.toContain(ann.id)
  for (const { refreshToken } of [phone, commandLine]) {
    const form = {
      grant_type: 'refresh_token',
      client_id: 'native',
      refresh_token: refreshToken ?? '',
    }
    expect((await sendForm(service, '/oauth/token', { form })).status).toBe(400)
  }
  await ann.signIn()
  expect((await tree()).map(({ kind }) => kind)).toEqual(['session'])
})
