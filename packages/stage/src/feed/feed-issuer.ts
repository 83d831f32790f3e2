import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { createFeedLog } from './feed-log.ts'
import { createKeyDesk } from './key-desk.ts'
import { createTicketDesk } from './ticket-desk.ts'

/** The key that this issuer accepts from a guard. */
export const feedKey = `khg_${'k'.repeat(43)}`

/** Milliseconds between two heartbeats. */
const BEAT = 250

/** A service for guards with a feed by the contract, over real HTTP. A test can make it lie. */
export async function startFeedIssuer() {
  const key = generateSigningKey('ES256')
  const feedLog = createFeedLog(key)
  const requests: IncomingMessage[] = []
  const applied: { readonly log: string; readonly seq: number }[] = []
  let beating = true
  let lie: RequestListener | undefined
  let jti = 0

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/auth/tickets/redeem') return void tickets.answer(request, response)
    if (path === '/auth/oauth/introspect') return void desk.answer(request, response)
    if (path.startsWith('/auth/revocations')) {
      if (request.headers.authorization !== `Bearer ${feedKey}`) {
        return response.writeHead(401).end()
      }
      if (request.method === 'POST') return void note(request, response)
      requests.push(request)
      return lie ? lie(request, response) : feedLog.feed(request, response)
    }
    const body = path.endsWith('jwks.json') ? publicJwks(feedLog.keys()) : metadataOf(issuer)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  const note = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const piece of request) text += String(piece)
    applied.push(JSON.parse(text) as { log: string; seq: number })
    response.writeHead(204).end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const issuer = `http://localhost:${port}/auth`
  const desk = createKeyDesk(issuer, feedKey)
  const tickets = createTicketDesk(feedKey, () => claimsOf(issuer, `ticket-${++jti}`))
  const beats = setInterval(() => {
    if (beating) feedLog.send('heartbeat', feedLog.position())
  }, BEAT)
  return {
    ...feedLog,
    /** Its API keys, and the questions about them. */
    desk,
    /** Its tickets, and their redemptions. */
    tickets,
    issuer,
    port,
    key,
    /** Requests for the feed. */
    requests,
    /** The positions that guards have reported. */
    applied,
    token: (change: Partial<AccessTokenClaims> = {}): string =>
      issueAccessToken({ ...claimsOf(issuer, `jti-${++jti}`), ...change }, key),
    /** Turns heartbeats on or off. */
    beat: (on: boolean) => {
      beating = on
    },
    /** Answers `GET /revocations` by this listener, until it is `undefined`. */
    lieWith: (listener: RequestListener | undefined) => {
      lie = listener
    },
    close: () => {
      clearInterval(beats)
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A running issuer of `startFeedIssuer`. */
export type FeedIssuer = Awaited<ReturnType<typeof startFeedIssuer>>

function metadataOf(issuer: string): object {
  return {
    issuer,
    keyhaven_cookie: { access: 'keyhaven', session: 'keyhaven-session' },
    keyhaven_origins: ['https://app.example'],
    keyhaven_max_staleness: 60,
    keyhaven_access_ttl: 600,
  }
}

function claimsOf(issuer: string, jti: string): AccessTokenClaims {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    sub: `${issuer}/accounts/acc_1`,
    aud: [issuer, new URL(issuer).origin],
    exp: now + 600,
    iat: now,
    jti,
    sid: 'ses_1',
    client_id: 'web',
    scope: 'notes:read',
  }
}
