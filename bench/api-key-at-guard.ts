/**
 * A request with an API key at a guard that knows the key, beside one with a known bearer token; the first request
 * with a key; and the memory of a remembered key.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { defineAccess } from '@keyhaven/core/access'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import { createGuard, refusalOf } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import {
  cookieNames,
  createClientAddress,
  createRevocations,
  guardOver,
  guardRequest,
} from '@keyhaven/guard/kit'
import type { NodeHeaders } from '@keyhaven/guard/kit'
import { feedKey, startFeedIssuer } from '@keyhaven/stage/feed/feed-issuer'
import { randomKey } from '@keyhaven/stage/feed/key-desk'
import { machine, medianOf, race, table, verdict } from './lib/measure.ts'
import type { Contender } from './lib/measure.ts'
import { claimsNumber, issuer } from './lib/tokens.ts'

const CALLS = 20_000
const LIVE = 1000
const MOST = 1.2
const MANY = 40_000
const FIRST = 400
const access = defineAccess({ scopes: ['notes:read', 'notes:write', 'notes:admin'], roles: {} })
const signing = generateSigningKey('ES256')
const url = new URL(issuer)

/** A guard in this process that learns at once that any key is good. */
function guardOfKeys(): Guard<typeof access> {
  let at = 0
  const origins = { own: [url.origin], bearer: [], development: false }
  const known = { cookies: cookieNames(url), origins, keys: createKeySet(publicJwks([signing])) }
  return guardOver(
    {
      issuer,
      audience: [url.origin],
      access,
      known: () => known,
      mayRefetch: () => false,
      revocations: createRevocations(),
      apiKeys: {
        introspect: async ({ id }) => {
          const {
            sid: _sid,
            xsrf: _xsrf,
            amr: _amr,
            auth_time: _at,
            ...claims
          } = claimsNumber(at++)
          return { ...claims, active: true, token_type: 'Bearer', client_id: id }
        },
        addressOf: createClientAddress([]),
      },
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
}

/** A request of a program as `node:http` passes it on, with new strings at every call. */
function incoming(authorization: string): NodeHeaders {
  const value = Buffer.from(authorization, 'latin1').toString('latin1')
  const headers = {
    host: url.host,
    connection: 'keep-alive',
    authorization: value,
    accept: 'application/json',
    'user-agent': 'curl/8.14.1',
    'accept-encoding': 'gzip, deflate, br',
  }
  return { headers, rawHeaders: Object.entries(headers).flat() }
}

const requestOf = (authorization: string) =>
  guardRequest(incoming(authorization), { method: 'GET', url: '/api/notes' })

function contender(
  name: string,
  guard: Guard<typeof access>,
  values: readonly string[],
): Contender {
  return {
    name,
    prepare: (at) => {
      const request = requestOf(values[(at * 7919) % values.length] as string)
      return () => {
        const decision = guard.decide(request)
        if (!decision.ok) throw new Error(decision.refused?.reason ?? decision.needs)
        const refused = refusalOf(guard, decision.auth, { scope: 'notes:read', resource: [] })
        if (refused !== undefined) throw new Error(refused.code)
      }
    },
  }
}

async function known(): Promise<void> {
  const guard = guardOfKeys()
  const made = Array.from({ length: LIVE }, randomKey)
  for (const { key } of made) await guard.settle(requestOf(`Bearer ${key}`))
  const names = ['known token, Bearer', 'known key, Bearer', 'known key, Basic'] as const
  const tokens = Array.from(
    { length: LIVE },
    (_, at) => `Bearer ${issueAccessToken(claimsNumber(at), signing)}`,
  )
  const keys = made.map(({ key }) => `Bearer ${key}`)
  const pairs = made.map(
    ({ id, secret }) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  )
  const figures = await race(
    [
      contender(names[0], guard, tokens),
      contender(names[1], guard, keys),
      contender(names[2], guard, pairs),
    ],
    CALLS,
  )
  guard.close()
  table(`a known API key at a guard, ${LIVE} live (${machine()})`, figures)
  const token = medianOf(figures, names[0])
  const ours = medianOf(figures, names[1]) / token
  const basic = medianOf(figures, names[2]) / token
  const peers = { 'as Basic': basic }
  const target = 'a known key beside a known token'
  verdict({ target, ours, unit: 'x', goal: MOST, limit: 1, peers, holds: ours <= MOST })
}

/** The first request with a key, with the service that answers in the same process. */
async function first(): Promise<void> {
  const service = await startFeedIssuer()
  const guard = createGuard({ issuer: service.issuer, feedKey, access, log: () => {} })
  await guard.ready()
  const times: number[] = []
  for (let at = 0; at < FIRST; at++) {
    const request = requestOf(`Bearer ${service.desk.admit().key}`)
    const began = performance.now()
    const settled = await guard.settle(request)
    times.push(performance.now() - began)
    if (!settled.ok) throw new Error(settled.refused.reason)
  }
  guard.close()
  service.close()
  const median = (times.toSorted((a, b) => a - b)[FIRST >> 1] ?? 0) * 1000
  console.log(`\n  the first request with a key, one question over HTTP: ${median.toFixed(0)} us`)
}

async function memory(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const guard = guardOfKeys()
  const before = used()
  for (let at = 0; at < MANY; at++) await guard.settle(requestOf(`Bearer ${randomKey().key}`))
  const bytes = (used() - before) / guard.state().apiKeys.held
  guard.close()
  console.log(`  memory of a remembered key: ${bytes.toFixed(0)} bytes`)
}

await known()
await first()
await memory()
