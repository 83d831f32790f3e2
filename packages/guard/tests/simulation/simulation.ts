import { generateSigningKey, issueAccessToken, publicJwks, createKeySet } from '@keyhaven/core'
import type { SigningKey } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { createGuardChecks } from '../../src/lib/checks/guard.ts'
import type { KnownSources, RevocationEntry } from '@keyhaven/guard'
import { noAccess } from '../../src/lib/auth-object.ts'
import { keepCopy } from '../../src/lib/feed/copy.ts'
import type { KeptCopy } from '../../src/lib/feed/copy.ts'
import { createDropTime } from '../../src/lib/feed/drop-time.ts'
import { createSignals } from '../../src/lib/feed/signals.ts'
import type { FeedRuntime, ResponseHandlers, Stop } from '../../src/lib/feed/runtime.ts'

/** The real reader, copy, clock and decision of guards, over a simulated clock, network and service. */
const issuer = 'https://app.example/auth'
const epoch = Date.UTC(2026, 10, 25)
const SECOND = 1000
const LIFE = 600
export const MAX_STALENESS = 60

const codes: readonly RevocationEntry['code'][] = [
  'token_expired',
  'account_locked',
  'session_ended',
]

/** Real keys: making them is slow, so a few are made once. */
const ring = Array.from({ length: 6 }, () => generateSigningKey('ES256'))

/** What happens, in the order of the clock; what falls on one moment keeps its order. */
export function createWorld() {
  const queue: { readonly at: number; readonly order: number; work: (() => void) | undefined }[] =
    []
  let now = 0
  let order = 0
  return {
    now: () => now,
    at: (time: number, work: () => void): Stop => {
      const event = {
        at: Math.max(time, now),
        order: order++,
        work: work as typeof work | undefined,
      }
      let place = queue.length
      while (place > 0 && (queue[place - 1]?.at ?? 0) > event.at) place -= 1
      queue.splice(place, 0, event)
      return () => {
        event.work = undefined
      }
    },
    run: (until: number): void => {
      while ((queue[0]?.at ?? Infinity) <= until) {
        const event = queue.shift()
        now = event?.at ?? now
        event?.work?.()
      }
      now = until
    },
  }
}
export type World = ReturnType<typeof createWorld>

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

function eventOf(event: string, data: unknown, id: string | undefined): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}

/** What a way between guard and service can do to what goes over it. */
export type Way = 'open' | 'hung' | 'lost' | 'refused'

/** A guard, and the way between it and the service. */
export function createSimulatedGuard(world: World, service: Service, seed: number) {
  let way: Way = 'open'
  let delay = 10
  let wallOffset = 0
  let asleep = false
  let swallow = false
  let slept = 0
  let random = seed
  let held: (() => void)[] = []
  let sleeping: (() => void)[] = []
  const breakAll = new Set<() => void>()
  let known: KnownSources | undefined
  let copy: KeptCopy
  let decide: ReturnType<typeof createGuardChecks>
  let dropTime: () => number
  const lines: string[] = []

  /** To the guard: later where it sleeps or the way hangs, never where it is lost. */
  const wake = (work: () => void): void => void (asleep ? sleeping.push(work) : work())
  const carry = (work: () => void): void => {
    if (way === 'lost') return
    if (way === 'hung') held.push(work)
    else world.at(world.now() + delay, () => (way === 'hung' ? held.push(work) : work()))
  }
  const runtime: FeedRuntime = {
    monotonic: () => world.now() - slept,
    wall: () => epoch + world.now() + wallOffset,
    random: () => {
      random = (random * 16807) % 2147483647
      return random / 2147483647
    },
    after: (milliseconds, work) => world.at(world.now() + milliseconds, () => wake(work)),
    open: ({ headers }, heard) => openWay(headers['last-event-id'], heard),
    post: (_request, body, done) => {
      carry(() => {
        service.claims.push(JSON.parse(body) as { log: string; seq: number })
        carry(() => wake(() => done(204)))
      })
    },
  }
  const openWay = (resume: string | undefined, heard: ResponseHandlers): Stop => {
    let over = false
    let dead = false
    let stopFeed: Stop = () => {}
    let last = 0
    const end = (): void => {
      dead = true
      stopFeed()
      breakAll.delete(end)
    }
    const tell = (work: () => void): void => {
      if (dead) return
      if (way === 'lost') return end()
      // One connection keeps its order, whatever the delay becomes
      last = Math.max(last, world.now() + delay)
      const deliver = (): void => void (over || wake(() => over || work()))
      if (way === 'hung') held.push(deliver)
      else world.at(last, () => (way === 'hung' ? held.push(deliver) : deliver()))
    }
    const hangUp = (): void => {
      tell(() => heard.ended('reset'))
      end()
    }
    if (way === 'refused') {
      world.at(world.now() + 1, () => wake(() => over || heard.ended('refused')))
      return () => {
        over = true
      }
    }
    breakAll.add(hangUp)
    carry(() => {
      if (over) return
      tell(() => heard.answered({ status: 200, type: 'text/event-stream', retryAfter: undefined }))
      stopFeed = service.feed(resume, {
        send: (event, data, id) => {
          const isLost = swallow && event === 'revoke'
          if (isLost) swallow = false
          else tell(() => heard.piece(Buffer.from(eventOf(event, data, id))))
        },
        close: hangUp,
      })
    })
    return () => {
      over = true
      carry(end)
    }
  }
  const start = (): void => {
    known = undefined
    copy = keepCopy(
      { issuer, feedKey: `khg_${'a'.repeat(43)}`, maxStaleness: MAX_STALENESS },
      {
        reach: issuer,
        source: {
          accessTtl: () => LIFE,
          maxStaleness: () => undefined,
          takeKeys: (keys) => {
            known = {
              cookies: { access: 'keyhaven', session: 'keyhaven-session' },
              origins: { own: ['https://app.example'], development: false },
              keys: createKeySet({ keys }),
            }
          },
        },
        log: (line) => lines.push(line),
      },
      runtime,
    )
    const signals = createSignals(copy.revocations, copy.now)
    const { now } = copy
    dropTime = createDropTime(() => now() * SECOND, runtime)
    decide = createGuardChecks(
      {
        issuer,
        audience: ['https://app.example'],
        access: noAccess,
        known: () => known,
        mayRefetch: () => false,
        revocations: copy.revocations,
        mayAnswer: copy.mayAnswer,
        onSnapshot: copy.onSnapshot,
        now: copy.now,
        development: false,
      },
      signals,
    )
  }
  start()
  const tick = (): void => {
    wake(() => copy.revocations.drop(dropTime()))
    world.at(world.now() + SECOND, tick)
  }
  tick()
  return {
    lines,
    isAsleep: () => asleep,
    state: () => ({ ...copy.state(), entries: copy.revocations.size }),
    copy: () => copy.revocations,
    now: () => copy.now(),
    accepts: ({ text }: Token): boolean =>
      decide({
        method: 'GET',
        url: '/',
        header: (name) => (name === 'authorization' ? `Bearer ${text}` : undefined),
      }).ok,
    restart: () => {
      copy.close()
      start()
    },
    /** What hung is delivered when the way opens; what was lost stays so. */
    setWay: (next: Way) => {
      way = next
      if (next === 'hung') return
      const waiting = held
      held = []
      if (next === 'open') for (const work of waiting) work()
    },
    /** One event of the log gets lost on the way, alone. */
    loseOne: () => {
      swallow = true
    },
    setDelay: (milliseconds: number) => {
      delay = milliseconds
    },
    reset: () => {
      for (const hangUp of breakAll) hangUp()
    },
    /** While it sleeps its clock is not set: nothing could tell then how long it slept. */
    setClock: (milliseconds: number) => {
      if (!asleep) wallOffset = milliseconds
    },
    /** Its monotonic clock stops meanwhile, its wall clock goes on. */
    sleep: (milliseconds: number) => {
      if (asleep) return
      asleep = true
      world.at(world.now() + milliseconds, () => {
        asleep = false
        slept += milliseconds
        const waiting = sleeping
        sleeping = []
        for (const work of waiting) work()
      })
    },
    close: () => copy.close(),
  }
}
export type SimulatedGuard = ReturnType<typeof createSimulatedGuard>
