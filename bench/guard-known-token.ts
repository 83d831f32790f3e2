/** T1: the guard on a token that it has checked before, with all checks, compared with alternatives. */
import { createHash, createSecretKey } from 'node:crypto'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import { defineAccess } from '@keyhaven/core/access'
import { refusalOf } from '@keyhaven/guard'
import { cookieNames, createRevocations, guardOver, guardRequest } from '@keyhaven/guard/kit'
import type { NodeHeaders } from '@keyhaven/guard/kit'
import { createSigner, createVerifier } from 'fast-jwt'
import { expressjwt } from 'express-jwt'
import { machine, medianOf, race, table, verdict } from './lib/measure.ts'
import type { Contender } from './lib/measure.ts'
import { claimsNumber, fresh, issuer } from './lib/tokens.ts'

const CALLS = 20_000
const xsrfToken = 'a-token-of-the-page-that-is-as-long-as-ours'
const xsrf = createHash('sha256').update(xsrfToken).digest('base64url')
const access = defineAccess({ scopes: ['notes:read', 'notes:write', 'notes:admin'], roles: {} })
const key = generateSigningKey('ES256')
const keys = createKeySet(publicJwks([key]))
const url = new URL(issuer)
const names = cookieNames(url)
const secret = 'a secret of a benchmark, thirty-two characters and more'

interface Offered {
  readonly cookie: string
  readonly rest: Readonly<Record<string, string>>
}

/** A request as `node:http` passes it on: a browser's headers, with the access cookie among other cookies. */
function headersOf(token: string, unsafe: boolean): Offered {
  return {
    cookie: `theme=dark; ${names.access}=${token}; ${names.session}=${'s'.repeat(43)}; XSRF-TOKEN=${xsrfToken}; lang=en`,
    rest: {
      host: url.host,
      connection: 'keep-alive',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0',
      accept: 'application/json',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      referer: `${url.origin}/notes`,
      'accept-encoding': 'gzip, deflate, br, zstd',
      'accept-language': 'en-GB,en;q=0.9',
      ...(unsafe && {
        origin: url.origin,
        'x-xsrf-token': xsrfToken,
        'content-type': 'application/json',
        'content-length': '27',
      }),
    },
  }
}

/** Makes new strings for every call: V8 has already hashed a reused one. */
function incoming(offered: Offered): NodeHeaders {
  const { rest } = offered
  const cookie = Buffer.from(offered.cookie, 'latin1').toString('latin1')
  return {
    headers: { ...rest, cookie },
    rawHeaders: Object.entries(rest).flat().concat('cookie', cookie),
  }
}

function guarding(live: number, unsafe: boolean): Contender {
  const origins = { own: [url.origin], bearer: [], development: false }
  const guard = guardOver(
    {
      issuer,
      audience: [url.origin],
      access,
      known: () => ({ cookies: names, origins, keys }),
      mayRefetch: () => false,
      revocations: createRevocations(),
      now: () => Math.floor(Date.now() / 1000),
      development: false,
    },
    () => {},
  )
  const requests = Array.from({ length: live }, (_, at) =>
    headersOf(issueAccessToken({ ...claimsNumber(at), xsrf }, key), unsafe),
  )
  const method = unsafe ? 'POST' : 'GET'
  // A stride that is coprime to the count visits every token, and no two neighbours in a row
  const request = (at: number): Offered => requests[(at * 7919) % live] as Offered
  const decide = (headers: NodeHeaders): void => {
    const decision = guard.decide(guardRequest(headers, { method, url: '/api/notes' }))
    if (!decision.ok) throw new Error(decision.refused?.reason ?? decision.refused?.code)
    const refused = refusalOf(guard, decision.auth, { scope: 'notes:read', resource: [] })
    if (refused !== undefined) throw new Error(refused.code)
  }
  return {
    name: OURS,
    prepare: (at) => {
      const headers = incoming(request(at))
      return () => decide(headers)
    },
  }
}

const OURS = 'keyhaven guard'

/** The usual checks of other libraries, with prepared keys, on tokens signed by the cheapest algorithm. */
function peers(live: number): Contender[] {
  const sign = createSigner({ key: secret })
  const tokens = Array.from({ length: live }, (_, at) => sign({ ...claimsNumber(at), xsrf }))
  const token = (at: number): string => fresh(tokens, at * 7919)
  const middleware = expressjwt({
    secret: createSecretKey(Buffer.from(secret)),
    algorithms: ['HS256'],
    issuer,
    audience: url.origin,
  })
  const checks = { key: secret, allowedIss: issuer, allowedAud: url.origin }
  const caching = createVerifier({ ...checks, cache: live * 2 })
  return [
    {
      name: 'express-jwt HS256, prepared key',
      prepare: (at) => {
        const request = { headers: { authorization: `Bearer ${token(at)}` } }
        return () =>
          new Promise<void>((resolve, reject) => {
            const next = (error?: unknown): void =>
              error === undefined ? resolve() : reject(error as Error)
            void middleware(request as never, {} as never, next)
          })
      },
    },
    {
      name: 'fast-jwt HS256, cache on',
      prepare: (at) => {
        const one = token(at)
        return () => void caching(one)
      },
    },
  ]
}

async function run(live: number, unsafe: boolean): Promise<void> {
  const others = live > 10_000 || unsafe ? [] : peers(live)
  const figures = await race([guarding(live, unsafe), ...others], Math.max(CALLS, live))
  const cost = medianOf(figures, OURS)
  const goal = live > 10_000 ? 3 : 0.7
  const what = `${unsafe ? 'POST' : 'GET'}, ${live} live tokens`
  table(`T1 ${what}`, figures)
  verdict({
    target: `T1 ${what}`,
    ours: cost,
    unit: 'us',
    goal,
    limit: 0,
    peers: Object.fromEntries(others.map(({ name }) => [name, medianOf(figures, name)])),
    holds: cost <= goal,
  })
}

console.log(`T1 (${machine()})`)
for (const live of [1000, 100_000]) {
  for (const unsafe of [false, true]) await run(live, unsafe)
}
