import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkAccessToken, createKeySet, generateSigningKey, publicJwks } from '@keyhaven/core'
import { createGuard } from '@keyhaven/guard'
import { authOf, nodeGuard } from '@keyhaven/guard/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attacks, signedBy, xsrfHash } from './token-attacks.ts'
import type { Workshop } from './claim-attacks.ts'

const key = generateSigningKey('ES256')
const jwks = publicJwks([key])
const fetched: string[] = []
const servers: Server[] = []
let shop: Workshop
let api = ''

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  let issuer = ''
  const origin = await serve((request, response) => {
    fetched.push(request.url ?? '')
    const metadata = {
      issuer,
      keyhaven_cookie: { access: 'keyhaven', session: 'keyhaven-session' },
      keyhaven_origins: [],
    }
    const body = request.url?.endsWith('jwks.json') ? jwks : metadata
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  issuer = `${origin}/auth`
  const guard = createGuard({ issuer, audience: issuer, log: () => {} })
  api = await serve(
    nodeGuard(guard)((request, response) => void response.end(authOf(request).account.id)),
  )
  await guard.ready()
  const now = Math.floor(Date.now() / 1000)
  shop = {
    key,
    removed: generateSigningKey('ES256'),
    jwks: JSON.stringify(jwks),
    header: { alg: 'ES256', kid: key.kid, typ: 'at+jwt' },
    claims: {
      iss: issuer,
      sub: `${issuer}/accounts/acc_1`,
      aud: [issuer],
      exp: now + 600,
      iat: now,
      jti: 'jti',
      sid: 'ses_1',
      client_id: 'web',
      xsrf: xsrfHash('x'),
    },
  }
})
afterAll(() => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

/** What the function says, and what a guard answers by cookie and by bearer. */
async function answers(token: string): Promise<(number | string)[]> {
  const { iss } = shop.claims
  const keys = createKeySet(jwks)
  const now = Math.floor(Date.now() / 1000)
  const issuer = String(iss)
  const checked = checkAccessToken(token, { keys, issuer, audience: issuer, now })
  const carried = [{ cookie: `keyhaven=${token}` }, { authorization: `Bearer ${token}` }]
  const statuses: (number | string)[] = [checked.ok ? 200 : 401]
  for (const headers of carried) {
    try {
      statuses.push((await fetch(api, { headers: headers as Record<string, string> })).status)
    } catch (error) {
      // The client itself refuses to send such a header: it can't arrive
      if (!(error instanceof TypeError)) throw error
      statuses.push(401)
    }
  }
  return statuses
}

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['another algorithm (JOSE-5, JOSE-6, JOSE-7)', ['J01', 'J06', 'J09']],
  ['a key that the header brings (JOSE-8)', ['J11']],
  ['another signature (JOSE-13)', ['J04', 'J13', 'J18', 'J40', 'J46']],
  ['an odd kid (JOSE-9)', ['J14', 'J15', 'J16', 'J17']],
  ['critical extensions and unencoded payloads (JOSE-10, JOSE-11)', ['J22']],
  ['another form of JSON (JOSE-4)', ['J33', 'J34', 'J35', 'J36']],
  [
    'another form of the token (JOSE-1, JOSE-2, JOSE-3)',
    ['J25', 'J26', 'J28', 'J29', 'J30', 'J31', 'J32'],
  ],
  ['times out of range (JOSE-18)', ['C01', 'C04', 'C05', 'C06', 'C29']],
  ['another issuer, audience or subject (JOSE-19)', ['C08', 'C10', 'C23']],
  ['another kind of token (JOSE-20, AT-4)', ['J37', 'C12', 'C16']],
  ['an odd id or scope (AT-1)', ['C27', 'C28']],
]

describe('attacks on a signed token', () => {
  it.each(kinds)(
    'by %s: refused by function, cookie and bearer, its twin is accepted',
    async (_kind, ids) => {
      const twin = signedBy(key, shop.header, shop.claims)
      const before = fetched.length
      const rows = attacks(shop).filter(({ id }) => ids.includes(id))
      expect(rows).toHaveLength(ids.length)
      for (const { id, what, tokens } of rows) {
        expect(tokens.length, id).toBeGreaterThan(0)
        for (const token of tokens) {
          expect(await answers(token), `${id} ${what}: ${token.slice(0, 200)}`).toEqual([
            401, 401, 401,
          ])
        }
        expect(await answers(twin), `the twin of ${id}`).toEqual([200, 200, 200])
      }
      // Unknown keys are worth at most one look at the issuer a minute (J19, JOSE-8)
      expect(fetched.length - before).toBeLessThanOrEqual(2)
    },
  )
  it('are all of a kind', () => {
    const tried = kinds.flatMap(([, ids]) => ids)
    expect(tried.toSorted()).toEqual(
      attacks(shop)
        .map(({ id }) => id)
        .toSorted(),
    )
  })
  it('get one body, whatever failed, outside development (J: identical refusals)', async () => {
    const bodies = new Set<string>()
    for (const { tokens } of attacks(shop)) {
      for (const token of tokens.slice(0, 1)) {
        const response = await fetch(api, { headers: { authorization: `Bearer ${token}` } }).catch(
          () => undefined,
        )
        const body = (await response?.json()) as { code: string; reason?: string; hint?: string }
        if (body?.code !== 'token_invalid') continue
        const { reason: _reason, hint: _hint, ...told } = body
        bodies.add(JSON.stringify(told))
      }
    }
    expect(bodies.size).toBe(1)
  })
  it('may malleate an ECDSA signature, which opens nothing new (J39)', async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const token = signedBy(key, shop.header, shop.claims)
    const [h = '', p = '', s = ''] = token.split('.')
    const bytes = Buffer.from(s, 'base64url')
    const flipped = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
    const other = Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from(flipped.toString(16).padStart(64, '0'), 'hex'),
    ])
    expect(await answers(`${h}.${p}.${other.toString('base64url')}`)).toEqual([200, 200, 200])
  })
})
