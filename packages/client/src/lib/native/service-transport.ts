import { BACKGROUND_HEADER, XSRF_HEADER } from '@keyhaven/core/wire'
import type { Problem, SessionView } from '@keyhaven/core/wire'
import type { Runtime } from '../runtime.ts'
import type { Tokens } from './tokens.ts'

/** The XSRF token of a view whose session has none: the page sends it nowhere. */
const NO_XSRF = 'none'

/** Calls that begin a sign-in: they name the transport. */
const begins = /^\/(accounts|sessions(\/email|\/passkey\/options)?)$/
/** Calls that go on with one: they also send the attempt, which a page has as a cookie. */
const goesOn =
  /^\/(sessions\/(second-factor(\/.+)?|email\/confirm|passkey)|email-verifications\/confirm)$/

/** The service, and the tokens of the app. */
export interface TransportNeeds {
  readonly runtime: Pick<Runtime, 'fetch' | 'now'>
  readonly service: URL
  /** Origins besides the service's that get the access token. */
  readonly origins: readonly string[]
  readonly tokens: Tokens
}

/**
 * Creates the `fetch` of a store without cookies. It sends the access token to the service and the listed origins,
 * refreshes it, takes tokens out of all answers, and sends cookies nowhere.
 */
export function createServiceTransport(needs: TransportNeeds): Runtime['fetch'] {
  const { runtime, service, origins, tokens } = needs
  const ours = new Set([service.origin, ...origins])
  return (input, init = {}) => {
    if (typeof input === 'string' && input.startsWith(`${service.href}/`)) {
      const path = input.slice(service.href.length)
      return untilAborted(init.signal, callService(needs, path, init))
    }
    const given = input instanceof Request
    if (ours.has(new URL(given ? input.url : input).origin)) {
      return callApi(runtime, tokens, new Request(input, init))
    }
    return runtime.fetch(input, given ? init : { credentials: 'omit', ...init })
  }
}

/** Sends the request of `auth.fetch`. One without credentials is of a user who is gone. */
async function callApi(
  runtime: TransportNeeds['runtime'],
  tokens: Tokens,
  request: Request,
): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.delete(XSRF_HEADER)
  if (request.credentials !== 'omit' && !headers.has('authorization')) {
    // The API refuses a token that has expired, and the page then checks the session
    const token = await tokens.current().catch(() => tokens.atHand())
    if (token) headers.set('authorization', `Bearer ${token}`)
  }
  return runtime.fetch(new Request(request, { credentials: 'omit', headers }))
}

async function callService(
  needs: TransportNeeds,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const { tokens } = needs
  const { method = 'GET' } = init
  if (method === 'DELETE' && path === '/sessions/current') {
    await tokens.leave()
    return new Response(null, { status: 204 })
  }
  if (method === 'POST' && (begins.test(path) || goesOn.test(path))) {
    const attempt = goesOn.test(path) ? await tokens.attempt() : undefined
    const given = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as object
    const body = JSON.stringify({ ...given, transport: 'bearer', attempt })
    const headers = new Headers(init.headers)
    headers.set('content-type', 'application/json')
    return send(needs, { path, init: { ...init, body, headers } })
  }
  // Its token is new, as that of a renewed cookie
  const renews = path === '/sessions/current/renew'
  const [to, how] = renews ? ['/user/current', { ...init, method: 'GET' }] : [path, init]
  const background = new Headers(init.headers).has(BACKGROUND_HEADER)
  const refused = renews ? tokens.atHand() : undefined
  const token = await tokens.current({ refused, background }).catch((error: unknown) => {
    // Its answer would show as fresh what the service could not renew
    if (to === '/user/current' || !tokens.atHand()) throw error
    return tokens.atHand()
  })
  if (token === undefined && to === '/user/current') return refusal(tokens.reason())
  const response = await send(needs, { path: to, init: how, token })
  if (response.status !== 401 || token === undefined) return response
  const { code = '' } = (await bodyOf(response.clone())) as Partial<Problem>
  if (/^(session|account)_/.test(code)) tokens.forget(token, code)
  if (!code.startsWith('token_')) return response
  const next = await tokens.current({ refused: token, background })
  if (next === undefined) return refusal(tokens.reason())
  return next === token ? response : send(needs, { path: to, init: how, token: next })
}

interface Sending {
  readonly path: string
  readonly init: RequestInit
  readonly token?: string | undefined
}

/** Sends a call to the service, and keeps the tokens of its answer. */
async function send(
  { runtime, service, tokens }: TransportNeeds,
  { path, init, token }: Sending,
): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.delete(XSRF_HEADER)
  if (token) headers.set('authorization', `Bearer ${token}`)
  const sentAt = runtime.now()
  const how = { ...init, headers, credentials: 'omit' } as const
  const response = await runtime.fetch(service.href + path, how)
  if (response.status === 204 || !/json/.test(response.headers.get('content-type') ?? '')) {
    return response
  }
  const body = await bodyOf(response)
  return answer(response, keep(tokens, body as Partial<Answer>, sentAt))
}

type Answer = SessionView & {
  readonly accessToken: string
  readonly refreshToken: string
  readonly attempt: string
}

/** Keeps the tokens and the user of an answer. Returns the answer without its secrets. */
function keep(tokens: Tokens, body: Partial<Answer>, sentAt: number): object {
  const { accessToken, refreshToken, attempt, ...plain } = body
  if (attempt) void tokens.attempt(attempt)
  if (accessToken && refreshToken) tokens.adopt({ accessToken, refreshToken })
  else if (accessToken) tokens.replace(accessToken)
  const { account, claims, scope, roles, session } = plain
  if (!account || !session || !scope || !roles) return Array.isArray(body) ? body : plain
  tokens.plan(sentAt, session.renewIn)
  tokens.show({ account, claims, scope, roles })
  return { ...plain, xsrfToken: NO_XSRF }
}

/** The object of a JSON answer; an empty one if it has none. */
async function bodyOf(response: Response): Promise<object> {
  const value: unknown = await response.json().catch(() => undefined)
  return typeof value === 'object' && value !== null ? value : {}
}

function answer({ status, headers }: Response, body: object): Response {
  const kept = new Headers(headers)
  kept.delete('content-length')
  kept.delete('content-encoding')
  return new Response(JSON.stringify(body), { status, headers: kept })
}

/** The answer of the service to a call without a session, which needs no call. */
function refusal(code: string): Response {
  const detail = 'You are signed out. Sign in again.'
  const body = JSON.stringify({ code, status: 401, detail })
  const headers = { 'content-type': 'application/problem+json' }
  return new Response(body, { status: 401, headers })
}

/** Waits for a call as long as its caller does. Tokens that it brings later are kept. */
function untilAborted<T>(signal: AbortSignal | null | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject)
    if (signal?.aborted) reject(signal.reason as Error)
    signal?.addEventListener('abort', () => reject(signal.reason as Error))
  })
}
