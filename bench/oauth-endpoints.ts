/** The token endpoint and the introspection over HTTP, a CPU second, beside oidc-provider. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { password, person } from '@keyhaven/stage/http/person'
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore, peer } from './lib/servers.ts'
import type { Server } from './lib/servers.ts'

loadOnSecondCore()
const ROUNDS = 7
const CONNECTIONS = 16
/** Chains of refresh tokens: each goes on only when the one before is answered. */
const CHAINS = CONNECTIONS
const billing = 'https://billing.example'

interface Contender {
  readonly name: string
  readonly server: Server
  /** The next request, and what its answer is needed for. */
  readonly make: (at: number) => LoadRequest
  readonly perSecond: number[]
}

const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const ours = await keyhavenServer({
  data,
  environment: { KEYHAVEN_EXCHANGE_AUDIENCES: billing },
})
const service = { issuer: `${ours.origin}/auth`, address: ours.address }
const ann = await person(service).signUp()
let sent = 0
/** A form from a network of its own, so that no limit ends the load. */
const form = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): LoadRequest => {
  sent += 1
  const address = `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
  return {
    method: 'POST',
    url: ours.address + path,
    form: fields,
    headers: { 'x-forwarded-for': address, ...headers },
  }
}
const key = await answered<{ readonly id: string; readonly secret: string; readonly key: string }>(
  await ann.ask('POST /api-keys', { name: 'bench', audience: [ours.origin] }),
)
const asClient = { client_id: key.id, client_secret: key.secret }
/** Each client may make 1,200 token requests a minute. */
const clients = [asClient]
for (let at = 0; at < 30; at += 1) {
  const more = await answered<typeof key>(await ann.ask('POST /api-keys', { name: 'bench' }))
  clients.push({ client_id: more.id, client_secret: more.secret })
}
const guardNamed = (name: string): Readonly<Record<string, string>> => {
  const { key: guardKey } = ours.command(['guards', 'add', name]) as { readonly key: string }
  return { authorization: `Bearer ${guardKey}` }
}
/** Each guard may introspect 30,000 times a minute. */
const guards = { ofKeys: guardNamed('of-keys'), ofTokens: guardNamed('of-tokens') }
const own = JSON.parse(
  (await send(form('/oauth/token', { grant_type: 'client_credentials', ...asClient }))).body,
)
/** Refresh tokens, one after the other: parallel sign-ins of one account count as guesses. */
const phones: string[] = []
for (let at = 0; at < CHAINS; at += 1) {
  const answer = await fetch(`${ours.address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: ann.email, password, transport: 'bearer' }),
  })
  phones.push((await answered<{ readonly refreshToken: string }>(answer)).refreshToken)
}

const theirs = await peer('oidc-provider')
const basic = Buffer.from('bench:a-secret-of-a-benchmark-of-fifty-characters-or-more').toString(
  'base64',
)
const asTheirs = { authorization: `Basic ${basic}` }
const grants: string[] = []
for (let at = 0; at < CHAINS; at += 1)
  grants.push((await send({ url: `${theirs.address}/refresh-token` })).body)
const { body: opaque } = await send({ url: `${theirs.address}/refresh-token` })

const contenders: Contender[] = [
  {
    name: 'keyhaven: key to token',
    server: ours,
    make: (at) =>
      form('/oauth/token', { grant_type: 'client_credentials', ...clients[at % clients.length] }),
    perSecond: [],
  },
  {
    name: 'oidc-provider: client credentials',
    server: theirs,
    make: () => ({
      method: 'POST',
      url: `${theirs.address}/token`,
      headers: asTheirs,
      form: { grant_type: 'client_credentials', scope: 'notes:read' },
    }),
    perSecond: [],
  },
  {
    name: 'keyhaven: introspection, a key',
    server: ours,
    make: () => form('/oauth/introspect', { token: key.key }, guards.ofKeys),
    perSecond: [],
  },
  {
    name: 'keyhaven: introspection, a token',
    server: ours,
    make: () => form('/oauth/introspect', { token: own.access_token as string }, guards.ofTokens),
    perSecond: [],
  },
  {
    name: 'oidc-provider: introspection',
    server: theirs,
    make: () => ({
      method: 'POST',
      url: `${theirs.address}/token/introspection`,
      headers: asTheirs,
      form: { token: opaque },
    }),
    perSecond: [],
  },
]

async function answered<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Refreshes every chain for some seconds. @returns how many refreshes were answered. */
async function refreshing(
  chains: string[],
  make: (token: string) => LoadRequest,
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1000
  let count = 0
  await Promise.all(
    chains.map(async (_token, at) => {
      while (performance.now() < end) {
        const { status, body } = await send(make(chains[at] ?? ''))
        if (status !== 200) throw new Error(`a refresh answered ${status}: ${body}`)
        chains[at] = (JSON.parse(body) as { readonly refresh_token: string }).refresh_token
        count += 1
      }
    }),
  )
  return count
}

const refreshes = [
  {
    name: 'keyhaven: refresh',
    server: ours,
    chains: phones,
    make: (refresh_token: string) =>
      form('/oauth/token', { grant_type: 'refresh_token', client_id: 'native', refresh_token }),
    perSecond: [] as number[],
  },
  {
    name: 'oidc-provider: refresh',
    server: theirs,
    chains: grants,
    make: (refresh_token: string): LoadRequest => ({
      method: 'POST',
      url: `${theirs.address}/token`,
      headers: asTheirs,
      form: { grant_type: 'refresh_token', refresh_token },
    }),
    perSecond: [] as number[],
  },
]

/** A credential has at most 100 live exchanged tokens, so each round has accounts with keys of their own. */
const exchange = { name: 'keyhaven: exchange', perSecond: [] as number[] }
const EACH = 90
async function keysOfNewAccount(): Promise<Readonly<Record<string, string>>[]> {
  const owner = await person(service).signUp()
  return Promise.all(
    Array.from({ length: 6 }, async () => {
      const made = await answered<typeof key>(await owner.ask('POST /api-keys', { name: 'bench' }))
      return { client_id: made.id, client_secret: made.secret, subject_token: made.key }
    }),
  )
}

for (let round = -2; round < ROUNDS; round++) {
  const fields = await keysOfNewAccount()
  const started = ours.cpu()
  await Promise.all(
    fields.map(async (one) => {
      for (let at = 0; at < EACH; at += 1) {
        const answer = await send(
          form('/oauth/token', {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            audience: billing,
            ...one,
          }),
        )
        if (answer.status !== 200) throw new Error(`an exchange answered ${answer.body}`)
      }
    }),
  )
  if (round >= 0) exchange.perSecond.push((fields.length * EACH * 1000) / (ours.cpu() - started))
  for (const { server, make, perSecond } of contenders) {
    const before = server.cpu()
    const { length } = await load(make, { connections: CONNECTIONS, seconds: 1 })
    if (round >= 0) perSecond.push((length * 1000) / (server.cpu() - before))
  }
  for (const { server, chains, make, perSecond } of refreshes) {
    const before = server.cpu()
    const count = await refreshing(chains, make, 1)
    if (round >= 0) perSecond.push((count * 1000) / (server.cpu() - before))
  }
}
console.log(`\nRequests per CPU second of the server (${machine()})`)
for (const { name, perSecond } of [...contenders, exchange, ...refreshes]) {
  const [least, most] = [Math.min(...perSecond), Math.max(...perSecond)]
  console.log(
    `  ${name.padEnd(36)}${median(perSecond).toFixed(0).padStart(8)}   (${least.toFixed(0)} to ${most.toFixed(0)})`,
  )
}
await Promise.all([ours.stop(), theirs.stop()])
rmSync(data, { recursive: true })
process.exit()
