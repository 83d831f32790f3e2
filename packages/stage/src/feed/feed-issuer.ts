import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import type { SigningKey } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { RevocationEntry } from '@keyhaven/guard'

/** The key that this issuer takes from a guard. */
export const feedKey = `khg_${'k'.repeat(43)}`

/** Milliseconds between two heartbeats. */
const BEAT = 250

const PAGE = 1000

/** A service for guards with a feed by the contract; real HTTP, and it can be made to lie. */
export async function startFeedIssuer() {
  const key = generateSigningKey('ES256')
  const open = new Set<ServerResponse>()
  const asked: IncomingMessage[] = []
  const applied: { readonly log: string; readonly seq: number }[] = []
  let keys: readonly SigningKey[] = [key]
  let log = 'first-log'
  let seq = 0
  let entries: readonly RevocationEntry[] = []
  let beating = true
  let lie: RequestListener | undefined
  let jti = 0

  const write = (to: ServerResponse, event: string, data: unknown, id?: string): void => {
    const idLine = id === undefined ? '' : `id: ${id}\n`
    to.write(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`)
  }
  const tell = (event: string, data: unknown, id?: string): void => {
    for (const one of open) write(one, event, data, id)
  }
  const position = (): { log: string; seq: number; time: number } => ({
    log,
    seq,
    time: Date.now(),
  })
  const feed = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const [itsLog, itsSeq] = String(request.headers['last-event-id'] ?? '').split(':')
    const from = Number(itsSeq)
    if (itsLog === log && from <= seq) {
      for (const entry of entries.filter((one) => one.seq > from)) {
        write(response, 'revoke', entry, `${log}:${entry.seq}`)
      }
    } else {
      const state = position()
      for (let at = 0; at === 0 || at < entries.length; at += PAGE) {
        const more = at + PAGE < entries.length
        write(response, 'snapshot', { ...state, entries: entries.slice(at, at + PAGE), more })
      }
    }
    write(response, 'keys', publicJwks(keys))
    write(response, 'heartbeat', position())
    open.add(response)
    response.on('close', () => open.delete(response))
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path.startsWith('/auth/revocations')) {
      if (request.headers.authorization !== `Bearer ${feedKey}`) {
        return response.writeHead(401).end()
      }
      if (request.method === 'POST') return void note(request, response)
      asked.push(request)
      return lie ? lie(request, response) : feed(request, response)
    }
    const metadata = {
      issuer,
      keyhaven_cookie: { access: 'keyhaven', session: 'keyhaven-session' },
      keyhaven_origins: ['https://app.example'],
      keyhaven_max_staleness: 60,
      keyhaven_access_ttl: 600,
    }
    const body = path.endsWith('jwks.json') ? publicJwks(keys) : metadata
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
  const beats = setInterval(() => {
    if (beating) tell('heartbeat', position())
  }, BEAT)
  return {
    issuer,
    port,
    key,
    /** Requests for the feed. */
    asked,
    /** What guards said they had applied. */
    applied,
    tell,
    position,
    token: (change: Partial<AccessTokenClaims> = {}): string => {
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        iss: issuer,
        sub: `${issuer}/accounts/acc_1`,
        aud: [issuer, new URL(issuer).origin],
        exp: now + 600,
        iat: now,
        jti: `jti-${++jti}`,
        sid: 'ses_1',
        client_id: 'web',
        scope: 'notes:read',
        ...change,
      }
      return issueAccessToken(claims, key)
    },
    /** Writes an entry, and tells whoever listens unless it is to be kept back. */
    revoke: (entry: Pick<RevocationEntry, 'kind' | 'id'>, { told = true } = {}) => {
      seq += 1
      const whole = { code: 'session_ended', until: Date.now() + 660_000, seq, ...entry } as const
      entries = [...entries, whole]
      if (told) tell('revoke', whole, `${log}:${seq}`)
      return whole
    },
    hold: (many: readonly RevocationEntry[]) => {
      entries = many
      seq = many.at(-1)?.seq ?? 0
    },
    /** Another log, or another number, with other entries: what a restored backup looks like. */
    become: (next: { readonly log?: string; readonly seq?: number }) => {
      log = next.log ?? log
      seq = next.seq ?? seq
      entries = entries.filter((one) => one.seq <= seq)
    },
    publish: (next: readonly SigningKey[]) => {
      keys = next
      tell('keys', publicJwks(next))
    },
    beat: (on: boolean) => {
      beating = on
    },
    /** Answers `GET /revocations` otherwise, until nothing is given. */
    lieWith: (listener: RequestListener | undefined) => {
      lie = listener
    },
    cut: () => {
      for (const one of open) one.destroy()
    },
    listeners: () => open.size,
    close: () => {
      clearInterval(beats)
      server.closeAllConnections()
      server.close()
    },
  }
}
export type FeedIssuer = Awaited<ReturnType<typeof startFeedIssuer>>
