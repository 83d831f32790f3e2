import { problemOf } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { SessionView } from '@keyhaven/core/wire'
import type { World } from './world.ts'

/** What a service, or what stands before it, can do to a request. */
export type Weather =
  | { readonly is: 'fine' | 'failing' | 'portal' | 'silent' | 'cut' | 'answers lost' }
  | { readonly is: 'busy'; readonly retryAfter: number }
  | { readonly is: 'slow'; readonly by: number }

/** A session of the service. */
export interface Session {
  readonly id: string
  readonly account: string
  readonly createdAt: string
  scope: readonly string[]
  /** The scope that the browser's token has. */
  told: readonly string[]
  ended: ErrorCode | undefined
  /** Grows with each step-up, whose answer replaces the cookie. */
  proofs: number
  /** A person has asked for its end in some tab, or for the end of whatever session there is. */
  left: 'it' | 'any' | undefined
}

/** An answer as `fetch` gives it, as far as the client reads it. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body?: unknown
  readonly retryAfter?: number
  /** What it does to the browser's cookies: a session, or `null` for none. */
  readonly cookie?: Session | null
  /** The value of that cookie, after so many step-ups. */
  readonly proofs?: number
}

/** A request as it leaves the browser. */
export interface Asked {
  readonly line: string
  readonly cookie: Session | undefined
  /** The number of step-ups after which its cookie was set. */
  readonly proofs: number
  readonly xsrf: string | null
  readonly login?: string | undefined
  /** The account that the page showed when the request began. */
  readonly beganAs?: string | null
}

export const JSON_TYPE = 'application/json'

function refuse(code: ErrorCode): Answer {
  const body = problemOf(code)
  return { status: body.status, type: 'application/problem+json', body }
}

/** A service with the contract's rules: sessions, their ends, renewals, sign-outs that need the XSRF token. */
export function createService(world: World) {
  let sessions = 0
  let answers = 0
  let weather: Weather = { is: 'fine' }
  let wasBusy = false
  let anyUntil = -Infinity
  const streams = new Map<object, { readonly session: Session; send(event: string): void }>()
  const calls: number[] = []
  const viewOf = (session: Session): SessionView => ({
    account: {
      href: '',
      id: session.account,
      email: `${session.account}@example.com`,
      emailVerified: true,
      status: 'active',
    },
    claims: { iss: '', sub: '', aud: [], exp: 0, iat: 0, client_id: 'web' },
    scope: session.scope,
    roles: [],
    xsrfToken: `xsrf ${session.id}`,
    session: {
      id: session.id,
      createdAt: session.createdAt,
      // No two answers are alike
      authTime: `answer ${++answers}`,
      amr: ['pwd'],
      expiresIn: 600,
      renewIn: 400,
      idleExpiresIn: 28_800,
    },
  })
  const view = (session: Session, status = 200): Answer => ({
    status,
    type: JSON_TYPE,
    body: viewOf(session),
  })
  /** With a new token. */
  const renewed = (session: Session, status?: number): Answer => {
    session.told = session.scope
    return view(session, status)
  }
  const end = (session: Session | undefined, code: ErrorCode): void => {
    if (!session || session.ended) return
    session.ended = code
    for (const stream of streams.values()) if (stream.session === session) stream.send('ended')
  }
  const opened: Session[] = []
  const open = (account: string): Session => {
    const session: Session = {
      id: `ses_${++sessions}`,
      account,
      createdAt: String(sessions).padStart(6, '0'),
      scope: ['notes:read'],
      told: [],
      ended: undefined,
      proofs: 0,
      left: world.now() < anyUntil ? 'any' : undefined,
    }
    opened.push(session)
    return session
  }
  /** What the service itself answers. */
  const decide = ({ line, cookie, proofs, xsrf, login, beganAs }: Asked): Answer => {
    const isOwn = xsrf === `xsrf ${cookie?.id}`
    if (line === 'POST /sessions') {
      end(cookie, 'session_ended')
      const session = open(login ?? '')
      return { ...renewed(session, 201), cookie: session, proofs: 0 }
    }
    if (line === 'DELETE /sessions/current') {
      if (!cookie || cookie.ended) return { status: 204, type: '', cookie: null }
      if (!isOwn) return refuse('csrf_failed')
      if (!cookie.left) throw new Error(`${cookie.id} is ended, though nobody has left it`)
      end(cookie, 'session_ended')
      return { status: 204, type: '', cookie: null }
    }
    if (!cookie) return refuse('not_signed_in')
    if (cookie.ended) return refuse(line.endsWith(' /api') ? 'token_expired' : cookie.ended)
    // An API knows the access token only
    if (!line.endsWith(' /api') && proofs !== cookie.proofs) return refuse('token_invalid')
    if (line.startsWith('POST') && !isOwn) return refuse('csrf_failed')
    if (beganAs && beganAs !== cookie.account)
      throw new Error(`what ${beganAs} began is done as ${cookie.account}`)
    if (line.endsWith(' /api')) return { status: 200, type: JSON_TYPE, body: {} }
    if (line.endsWith('step-up')) return { ...renewed(cookie), cookie, proofs: ++cookie.proofs }
    return line.startsWith('POST') ? renewed(cookie) : view(cookie)
  }
  return {
    calls,
    streams,
    setWeather: (next: Weather) => {
      weather = next
      wasBusy ||= next.is === 'busy'
      if (next.is === 'fine' || next.is === 'slow') return
      for (const stream of streams.values()) stream.send('error')
    },
    weather: () => weather,
    /** A page leaves without knowing whom: it may mean who signs in before it knows, or does so already. */
    leaveAny: () => {
      anyUntil = world.now() + 45_000
      for (const session of opened) if (!session.ended) session.left ??= 'any'
    },
    /** It has asked to be left alone. */
    wasBusy: () => wasBusy,
    end,
    grant: (session: Session | undefined) => {
      if (!session || session.ended) return
      session.scope = session.scope.length > 1 ? ['notes:read'] : ['notes:read', 'notes:write']
      for (const stream of streams.values()) if (stream.session === session) stream.send('changed')
    },
    /** Takes a request after the way to the service, and gives the answer after the way back; `undefined`: cut. */
    take: (asked: Asked, done: (answer: Answer | undefined) => void): void => {
      if (!asked.line.endsWith(' /api')) calls.push(world.now())
      const way = 5
      const later = (by: number, answer: Answer | undefined): void =>
        void world.at(world.now() + by, () => done(answer))
      const { is } = weather
      if (is === 'cut') return later(1, undefined)
      if (is === 'silent') return
      if (is === 'failing') return later(way, { status: 500, type: JSON_TYPE, body: {} })
      if (is === 'portal') return later(way, { status: 200, type: 'text/html', body: '<h1>' })
      if (weather.is === 'busy') {
        return later(way, { ...refuse('overloaded'), retryAfter: weather.retryAfter })
      }
      const slowness = weather.is === 'slow' ? weather.by : 0
      world.at(world.now() + way, () => {
        const answer = decide(asked)
        later(way + slowness, is === 'answers lost' ? undefined : answer)
      })
    },
  }
}
export type Service = ReturnType<typeof createService>

/** The answer as a page gets it. */
export function responseOf({ status, type, body, retryAfter }: Answer): Response {
  const headers = new Map([['content-type', type]])
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  const response = {
    status,
    ok: status < 300,
    headers: { get: (name: string) => headers.get(name) ?? null },
    text: () => Promise.resolve(JSON.stringify(body)),
    clone: () => response,
  }
  return response as unknown as Response
}
