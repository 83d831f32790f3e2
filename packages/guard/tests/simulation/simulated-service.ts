import { generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import type { SigningKey } from '@keyhaven/core'
import type { AccessTokenClaims, RevocationEntry } from '@keyhaven/core/wire'
import { epoch, SECOND } from './world.ts'
import type { Stop, World } from './world.ts'

export const issuer = 'https://app.example/auth'
/** Seconds that a token lives. */
export const LIFE = 600

const codes: readonly RevocationEntry['code'][] = [
  'token_expired',
  'account_locked',
  'session_ended',
]

/** Real keys: making them is slow, so a few are made once. */
const ring = Array.from({ length: 6 }, () => generateSigningKey('ES256'))

export interface Token {
  readonly text: string
  readonly claims: AccessTokenClaims
  readonly kid: string
  /** When what kills it was committed; `undefined` while it lives. */
  deadSince: number | undefined
  /** The entries that kill it. */
  readonly deadBy: { readonly log: string; readonly seq: number }[]
}

interface Rows {
  readonly sessions: ReadonlySet<string>
  readonly entries: readonly RevocationEntry[]
  readonly seq: number
  readonly dropped: number
  readonly withdrawn: ReadonlySet<string>
}

/** One side of a connection at the service. */
interface Connection {
  send(event: string, data: unknown, id?: string): void
  close(): void
}

/** A service with the contract's rules: sessions, tokens, keys, its log, and the feed of it. */
export function createService(world: World) {
  let offset = 0
  let wrongBy = 0
  let log = 'log-1'
  let rows: Rows = {
    sessions: new Set(),
    entries: [],
    seq: 0,
    dropped: 0,
    withdrawn: new Set(),
  }
  let backup = rows
  let signing = 0
  let sessions = 0
  let logs = 1
  let jtis = 0
  let era = 'era-1'
  let eras = 1
  const tokens: Token[] = []
  const claims: { readonly log: string; readonly seq: number }[] = []
  const connections = new Set<Connection>()
  /** The time that was there long enough to be believed: nothing is dropped by another. */
  const settled = (): number => epoch + world.now() + offset
  const now = (): number => settled() + wrongBy
  const kidOf = (key: SigningKey): string => key.publicJwk['kid'] as string
  const keys = (): readonly SigningKey[] =>
    ring.slice(0, signing + 1).filter((key) => !rows.withdrawn.has(kidOf(key)))
  const key = (): SigningKey => ring[signing] as SigningKey

  const hits = (
    { kind, id }: Pick<RevocationEntry, 'kind' | 'id'>,
    { claims, kid }: Token,
  ): boolean => (kind === 'kid' ? kid === id : claims[kind] === id)
  const revoke = (
    kind: RevocationEntry['kind'],
    id: string,
    code: RevocationEntry['code'],
  ): void => {
    const seq = rows.seq + 1
    const hit = tokens.filter((one) => hits({ kind, id }, one))
    const ends = hit.map(({ claims }) => (claims.exp + 60) * SECOND)
    const until = Math.max(now() + LIFE * SECOND, ...ends)
    const entry = { seq, kind, id, code, until }
    rows = { ...rows, seq, entries: [...rows.entries, entry] }
    for (const token of hit) {
      token.deadSince ??= world.now()
      token.deadBy.push({ log, seq })
    }
    for (const one of connections) one.send('revoke', entry, `${log}:${seq}`)
  }
  const tellKeys = (): void => {
    for (const one of connections) one.send('keys', publicJwks(keys()))
  }
  const withdraw = (one: SigningKey): void => {
    rows = { ...rows, withdrawn: new Set([...rows.withdrawn, kidOf(one)]) }
    revoke('kid', kidOf(one), 'token_expired')
  }
  const endSession = (id: string): void => {
    rows = { ...rows, sessions: new Set([...rows.sessions].filter((one) => one !== id)) }
    revoke('sid', id, 'session_ended')
  }
  const issue = (sid: string): void => {
    const iat = Math.floor(now() / SECOND)
    const claims: AccessTokenClaims = {
      iss: issuer,
      sub: `${issuer}/accounts/acc_1`,
      aud: [issuer, 'https://app.example'],
      exp: iat + LIFE,
      iat,
      jti: `jti-${++jtis}`,
      sid,
      era,
      client_id: 'web',
      scope: '',
    }
    const text = issueAccessToken(claims, key())
    tokens.push({ text, claims, kid: kidOf(key()), deadSince: undefined, deadBy: [] })
  }
  const nextKey = (): boolean => {
    if (signing + 1 >= ring.length) return false
    signing += 1
    tellKeys()
    return true
  }
  return {
    tokens,
    claims,
    now,
    position: () => ({ log, seq: rows.seq }),
    entries: () => rows.entries,
    signIn: () => {
      const id = `ses-${++sessions}`
      rows = { ...rows, sessions: new Set([...rows.sessions, id]) }
      issue(id)
    },
    renew: (at: number) => {
      const live = [...rows.sessions]
      const id = live[at % live.length]
      if (id !== undefined) issue(id)
    },
    end: (at: number) => {
      const live = [...rows.sessions]
      const id = live[at % live.length]
      if (id !== undefined) endSession(id)
    },
    /** Ends every credential of the account by one entry; coming back to `active` revives none. */
    lockAndUnlock: () => {
      const former = era
      rows = { ...rows, sessions: new Set() }
      era = `era-${++eras}`
      revoke('era', former, 'account_locked')
    },
    endToken: (at: number) => {
      const token = tokens[at % tokens.length]
      if (token !== undefined) revoke('jti', token.claims.jti, codes[at % 3] ?? 'token_expired')
    },
    rotate: () => {
      const former = key()
      if (nextKey()) withdraw(former)
      tellKeys()
    },
    compact: () => {
      const gone = rows.entries.filter(({ kind, until }) => kind !== 'kid' && until < settled())
      rows = {
        ...rows,
        entries: rows.entries.filter((one) => !gone.includes(one)),
        dropped: Math.max(rows.dropped, ...gone.map(({ seq }) => seq)),
      }
    },
    backup: () => {
      backup = rows
    },
    /** A database from a backup, noticed: all keys withdrawn, all sessions ended, a new log. */
    restore: () => {
      if (signing + 1 >= ring.length) return
      for (const one of connections) one.close()
      rows = backup
      log = `log-${++logs}`
      for (const one of ring.slice(0, signing + 1)) withdraw(one)
      signing += 1
      for (const id of rows.sessions) endSession(id)
    },
    restart: () => {
      for (const one of connections) one.close()
    },
    /** Tells everybody of an old entry once more. */
    repeat: (at: number) => {
      const entry = rows.entries[at % rows.entries.length]
      if (entry === undefined) return
      for (const one of connections) one.send('revoke', entry, `${log}:${entry.seq}`)
    },
    jump: (milliseconds: number) => {
      offset += milliseconds
    },
    /** A clock that is wrong for a moment; heartbeats, tokens and entries go by it meanwhile. */
    err: (by: number, milliseconds: number) => {
      if (wrongBy !== 0) return
      wrongBy = by
      world.at(world.now() + milliseconds, () => {
        wrongBy = 0
      })
    },
    /** Answers `GET /revocations`. Pages are small here, so that they are many. */
    feed: (resume: string | undefined, connection: Connection): Stop => {
      const [itsLog, itsSeq] = resume?.split(':') ?? []
      const from = Number(itsSeq)
      const mayResume = itsLog === log && from >= rows.dropped && from <= rows.seq
      const heartbeat = (): void =>
        connection.send('heartbeat', { log, seq: rows.seq, time: now() })
      if (mayResume) {
        const missed = rows.entries.filter(({ seq }) => seq > from)
        for (const entry of missed) connection.send('revoke', entry, `${log}:${entry.seq}`)
      } else {
        const state = { log, seq: rows.seq, time: now() }
        const pages = Math.max(1, Math.ceil(rows.entries.length / 3))
        for (let page = 0; page < pages; page++) {
          const entries = rows.entries.slice(page * 3, page * 3 + 3)
          connection.send('snapshot', { ...state, entries, more: page < pages - 1 })
        }
      }
      connection.send('keys', publicJwks(keys()))
      heartbeat()
      connections.add(connection)
      let stop: Stop = () => {}
      const beat = (): void => {
        heartbeat()
        stop = world.at(world.now() + SECOND, beat)
      }
      stop = world.at(world.now() + SECOND, beat)
      return () => {
        stop()
        connections.delete(connection)
      }
    },
  }
}
export type Service = ReturnType<typeof createService>
