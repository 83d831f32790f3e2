import type { IncomingMessage } from 'node:http'
import type { TestService } from './test-service.ts'
import { gone, ME, ok, otherView, refuse, view } from './test-service.ts'
import type { Answer } from './test-service.ts'

/** The answers of a service whose sessions have tokens, on a clock that only the test moves. */
export interface TokenService {
  /** The session ends, or its refresh tokens were used twice. */
  end: () => void
  /** Whether the API and the service take the token of a request. */
  readonly accepts: (request: IncomingMessage) => boolean
  readonly isLive: () => boolean
  /** How many refresh tokens were exchanged for another one. */
  readonly rotations: () => number
  /** How often the token endpoint was called. */
  readonly refreshes: () => number
  /** The `Authorization` of each sign-out. */
  readonly left: string[]
}

export const TOKEN = 'POST /auth/oauth/token'
export const SIGN_OUT = 'DELETE /auth/sessions/current'
export const SIGN_IN = 'POST /auth/sessions'

const REPEATED = 10_000
const LIFE = 600_000

/** Sets up the answers of a test service. */
export function tokenService(service: TestService, now: () => number): TokenService {
  const { answers, calls } = service
  const left: string[] = []
  let family = 0
  let generation = 0
  let rotatedAt = -Infinity
  let live = false
  const name = (kind: string, at = generation): string => `${kind}-${family}-${at}`
  /** When each access token ends. */
  const ends = new Map<string | undefined, number>()
  const span = ({ headers }: IncomingMessage): number =>
    Math.max(0, (ends.get(headers.authorization) ?? 0) - now()) / 1000
  const accepts: TokenService['accepts'] = (request) =>
    live && span(request) > 0 && request.headers.authorization?.includes(`-${family}-`) === true
  const own = (expiresIn = LIFE / 1000): object => {
    const { xsrfToken: _none, ...plain } = family > 1 ? otherView : view
    const renewIn = Math.max(0, expiresIn - 200)
    return { ...plain, session: { ...plain.session, expiresIn, renewIn } }
  }
  const issue = (): string => {
    const token = name('access')
    ends.set(`Bearer ${token}`, now() + LIFE)
    return token
  }
  const tokens = (): object => ({
    access_token: issue(),
    refresh_token: name('refresh'),
    token_type: 'Bearer',
    expires_in: 600,
  })
  const json =
    (status: number, make: () => object): Answer =>
    (request, response) => {
      const answer = ok(status, make())
      answer(request, response)
    }
  answers.set(
    SIGN_IN,
    json(201, () => {
      family++
      generation = 0
      live = true
      return { ...own(), accessToken: issue(), refreshToken: name('refresh') }
    }),
  )
  answers.set(TOKEN, (request, response) => {
    const body = calls.findLast(({ line }) => line === TOKEN)?.body ?? ''
    const sent = new URLSearchParams(body).get('refresh_token') ?? ''
    const isOfNow = sent.startsWith(`refresh-${family}-`)
    const isCurrent = sent === name('refresh')
    const isFormer = sent === name('refresh', generation - 1) && now() - rotatedAt < REPEATED
    if (live && isCurrent) {
      generation++
      rotatedAt = now()
    }
    if (isOfNow) live &&= isCurrent || isFormer
    const answer = live && isOfNow ? ok(200, tokens()) : ok(400, { error: 'invalid_grant' })
    answer(request, response)
  })
  answers.set(SIGN_OUT, (request, response) => {
    const { authorization = '' } = request.headers
    left.push(authorization)
    if (accepts(request)) live = false
    gone(request, response)
  })
  answers.set(ME, (request, response) => {
    const answer = accepts(request)
      ? ok(200, own())
      : refuse(live ? 'token_expired' : 'session_ended')
    answer(request, response)
  })
  answers.set('GET /api/notes', (request, response) => {
    const answer = accepts(request) ? gone : refuse('token_expired')
    answer(request, response)
  })
  return {
    accepts,
    isLive: () => live,
    end: () => {
      live = false
    },
    rotations: () => generation,
    refreshes: () => calls.filter(({ line }) => line === TOKEN).length,
    left,
  }
}
