import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { corsHeaders, isPreflight } from '@keyhaven/guard'
import type { GuardRequest } from '@keyhaven/guard'
import { Hono } from 'hono'
import { endSession } from '../flows/end-session.ts'
import type { Rooms } from '../flows/rooms.ts'
import { readBody } from './body.ts'
import { resolveCaller } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Answer, Bindings } from './endpoint.ts'
import type { Route, Who } from './route.ts'
import { requireScope } from './scope.ts'
import { guardRequestOf, repeatedHeader } from './incoming.ts'
import { requireOwnOrigin } from './own-origin.ts'
import { createRequestLog } from './request-log.ts'
import type { RequestLog } from './request-log.ts'
import { refuse, respond } from './respond.ts'
import type { Site } from './site.ts'
import { sessionsOf } from './leaving.ts'
import type { Transport } from './transport.ts'

/** What the HTTP room is built from. */
export interface AppParts {
  readonly rooms: Rooms
  readonly site: Site
}

type App = Hono<{ Bindings: Bindings }>

/** The service as one fetch-style handler: every row of the route table, and nothing else. */
export function createApp(parts: AppParts, routes: readonly Route[]): App {
  const { site } = parts
  const { log } = parts.rooms
  const logged = { ...parts, requestLog: createRequestLog(log) }
  const app: App = new Hono<{ Bindings: Bindings }>().basePath(site.mount || '/') as App
  for (const [path, rows] of Map.groupBy(routes, (route) => route.path)) {
    for (const row of rows) {
      app.on(row.method, path, async (context) => {
        const request = guardRequestOf(context.req.raw, context.env.incoming)
        const { raw } = context.req
        const transport = site.transport(context.env.incoming)
        return answer(logged, row, { request, raw, path: context.req.param(), transport })
      })
    }
    const allow = rows.map((row) => row.method).join(', ')
    app.all(path, (context) => {
      const request = guardRequestOf(context.req.raw, context.env.incoming)
      if (isPreflight(request)) return preflight(request, site)
      const refusal = refuse(new KeyhavenError('method_not_allowed'), site, false)
      refusal.headers.set('allow', allow)
      return withCors(refusal, request, site)
    })
  }
  app.notFound(() => refuse(new KeyhavenError('not_found'), site, false))
  app.onError((error) => {
    log.error({ err: error }, 'a request failed')
    return refuse(error, site, false)
  })
  return app
}

interface Incoming {
  readonly request: GuardRequest
  readonly raw: Request
  readonly path: Readonly<Record<string, string>>
  readonly transport: Transport
}

async function answer(
  parts: AppParts & { readonly requestLog: RequestLog },
  row: Route,
  incoming: Incoming,
): Promise<Response> {
  const { site } = parts
  const { request } = incoming
  const began = performance.now()
  const { requestId } = incoming.transport
  const log = parts.rooms.log.child({ request: requestId })
  let response: Response
  try {
    const rooms = { ...parts.rooms, log }
    response = respond(await handled({ rooms, site }, row, incoming), site)
  } catch (error) {
    parts.requestLog(log, row.name, error)
    response = refuse(error, site, hasCredential(request))
  }
  response.headers.set('x-request-id', requestId)
  const ms = Math.round(performance.now() - began)
  log.debug({ route: row.name, status: response.status, ms }, 'answered')
  return withCors(response, request, site)
}

async function handled(
  { rooms, site }: AppParts,
  row: Route,
  { request, raw, path, transport }: Incoming,
): Promise<Answer> {
  const repeated = repeatedHeader(request)
  if (repeated !== undefined) {
    const errors = [{ path: repeated, message: 'Send this header once.' }]
    throw new KeyhavenError('invalid_request', { errors })
  }
  if (transport.insecure) await refuseInsecure(rooms, row, { site, request })
  const { address } = transport
  const caller = await admitted(rooms, row, { site, request })
  const body = await readBody(raw, row.endpoint.body)
  const url = new URL(raw.url)
  const actor = { accountId: caller?.account.id, sessionId: caller?.session.id, address }
  const answered = await row.endpoint.handle({
    rooms,
    site,
    request,
    body,
    path,
    url,
    caller,
    actor,
  })
  if (site.checksAnswers) requireFit(row, answered)
  return answered
}

/** Tests let no answer pass that the API's own description does not know. */
function requireFit({ name, endpoint }: Route, { status, body }: Answer): void {
  const schema = endpoint.answers[status]
  if (!(status in endpoint.answers))
    throw new Error(`${name} does not say that it answers ${status}`)
  const parsed = schema?.safeParse(JSON.parse(JSON.stringify(body)))
  if (parsed?.success === false) throw new Error(`${name}: ${parsed.error.message}`)
}

/** A credential that was sent in clear is dead: whoever listened has it too (R37). */
async function refuseInsecure(
  rooms: Rooms,
  row: Route,
  { site, request }: { readonly site: Site; readonly request: GuardRequest },
): Promise<void> {
  const seen = await sessionsOf(rooms, site, request)
  for (const id of seen) await endSession(rooms, id, {})
  if (seen.length > 0 || row.who !== 'any') throw new KeyhavenError('insecure_transport')
}

/** Who calls, where the row asks for somebody; the one place where a row's `who` is enforced. */
async function admitted(
  rooms: Rooms,
  row: Route,
  { site, request }: { readonly site: Site; readonly request: GuardRequest },
): Promise<Caller | undefined> {
  switch (row.who) {
    case 'any':
      return undefined
    case 'page':
      // Sign-up and sign-in need no credential
      requireOwnOrigin(request, site)
      return undefined
    default: {
      const caller = await resolveCaller(rooms, site, request)
      if (caller === undefined) throw new KeyhavenError('not_signed_in')
      if (row.who === 'session' && !caller.renewable) throw new KeyhavenError('not_signed_in')
      if (isScope(row.who)) requireScope(rooms, caller, row.who)
      return caller
    }
  }
}

function isScope(who: Who): who is ReservedScope {
  return who.startsWith('keyhaven:')
}

function hasCredential(request: GuardRequest): boolean {
  return request.header('authorization') !== undefined || request.header('cookie') !== undefined
}

function preflight(request: GuardRequest, site: Site): Response {
  return withCors(respond({ status: 204 }, site), request, site)
}

function withCors(response: Response, request: GuardRequest, site: Site): Response {
  for (const [name, value] of Object.entries(corsHeaders(request, site.origins))) {
    // Answers differ by the fetch metadata too: that `Vary` stands already
    if (name !== 'Vary') response.headers.set(name, value)
  }
  return response
}
