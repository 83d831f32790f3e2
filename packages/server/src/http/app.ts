import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { METADATA_PATH } from '@keyhaven/core/wire'
import { corsHeaders, isPreflight, repetition } from '@keyhaven/guard/kit'
import type { Actor } from '../events/happened.ts'
import type { KnownGuard } from '../feed/guard-keys.ts'
import type { Context } from '../flows/context.ts'
import { localeOfHeader } from '../mail/locale.ts'
import { readBody } from './bodies/body.ts'
import { createCallLimits } from './callers/call-limits.ts'
import type { CallLimits } from './callers/call-limits.ts'
import { isMachine, isPerson, resolveAnyCaller } from './callers/any-caller.ts'
import type { AnyCaller } from './callers/any-caller.ts'
import {
  asBearerCall,
  isBearerCall,
  refuseOtherPage,
  withoutForeignCookies,
} from './callers/bearer-call.ts'
import { withoutCookies } from './answers/without-cookies.ts'
import { countCall } from './callers/count-call.ts'
import { endExposed } from './callers/exposed.ts'
import { requireFresh } from './callers/fresh.ts'
import { requireGuardKey } from './callers/guard-key.ts'
import { requireTestingKey } from './callers/testing-key.ts'
import { requireFit } from './answers/fit.ts'
import type { Answer } from './endpoint.ts'
import { answerClient } from './oauth/answer.ts'
import type { OAuthRoute } from './oauth/answer.ts'
import { refuseClient } from './oauth/refuse.ts'
import { landingFor } from './answers/landing.ts'
import { isDirectVisit } from './mailbox/direct-visit.ts'
import { mailboxAnswer } from './mailbox/mailbox-answer.ts'
import { createPages } from './pages/pages.ts'
import { withEndpoint } from './route.ts'
import type { Access, Route, Row } from './route.ts'
import { createRouter } from './router.ts'
import type { Matched } from './router.ts'
import { requireScope } from './callers/scope.ts'
import { requireOwnOrigin } from './callers/own-origin.ts'
import type { RequestLog } from './request-log.ts'
import { createRequestWatch } from './request-watch.ts'
import type { RequestWatch } from './request-watch.ts'
import { refuse, respond } from './answers/respond.ts'
import type { Reply, ServiceRequest } from './service-request.ts'
import type { Site } from './site.ts'

/** What the app is built from. */
export interface AppParts {
  readonly context: Context
  readonly site: Site
  readonly requestLog: RequestLog
}

/** The service, independent of its host. Never throws. */
export type App = (request: ServiceRequest) => Promise<Reply>

/** Serves every row of the route table, and nothing else. */
export function createApp(parts: AppParts, routes: readonly Row[]): App {
  const { site } = parts
  const match = createRouter(site.mount, routes)
  const watch = createRequestWatch(parts.context, routes, parts.requestLog)
  const limits = createCallLimits()
  const pageFor = createPages(site)
  const reply = async (request: ServiceRequest): Promise<Reply> => {
    const { path } = request
    const matched = match(path === site.wellKnown ? site.mount + METADATA_PATH : path)
    if (matched === undefined || isHidden(matched, request, site)) {
      const { mailbox } = parts.context.tools.mail
      const page =
        pageFor(request) ?? landingFor(request, site) ?? mailboxAnswer(request, site, mailbox)
      if (page !== undefined) return respond(page, site)
      watch.unmatched(404, 'not_found', request)
      return refuse(new KeyhavenError('not_found'), site, false)
    }
    const { rows, parameters } = matched
    const row = rows.find(({ method }) => method === request.method) ?? headOf(request, rows)
    if (row !== undefined)
      return answer({ ...parts, watch, limits }, row, { request, path: parameters })
    if (isPreflight(request)) {
      if (!isAllowedPage(request, site)) parts.requestLog.foreignPage(request)
      return respond({ status: 204 }, site)
    }
    watch.unmatched(405, 'method_not_allowed', request)
    return notAllowed(site, rows.map(({ method }) => method).join(', '))
  }
  return async (sent) => {
    const request = withoutForeignCookies(site, sent)
    const { status, headers, ...content } = await reply(request)
    const { Vary: _standsAlready, ...cors } = corsHeaders(request, site.origins)
    const all = { ...headers, ...cors, 'x-request-id': request.transport.requestId }
    return { status, headers: all, ...content }
  }
}

function isAllowedPage(request: ServiceRequest, { origins }: Site): boolean {
  return corsHeaders(request, origins)['Access-Control-Allow-Origin'] !== undefined
}

/** Calls of tests exist for programs on this machine only (H24). */
function isHidden({ rows }: Matched, request: ServiceRequest, site: Site): boolean {
  return rows.some(({ who }) => who === 'testing') && !isDirectVisit(request, site)
}

/** `HEAD` is answered like `GET`, without the body (RFC 9110 §9.3.2). */
function headOf({ method }: ServiceRequest, rows: readonly Row[]): Row | undefined {
  return method === 'HEAD' ? rows.find((row) => row.method === 'GET') : undefined
}

function notAllowed(site: Site, allow: string): Reply {
  const { headers, ...refusal } = refuse(new KeyhavenError('method_not_allowed'), site, false)
  return { ...refusal, headers: { ...headers, allow } }
}

interface RoutedRequest {
  readonly request: ServiceRequest
  /** Parameters of the path. */
  readonly path: Readonly<Record<string, string>>
}

interface Limited extends Pick<AppParts, 'context' | 'site'> {
  readonly limits: CallLimits
}

interface Watched extends Limited {
  readonly watch: RequestWatch
}

function answer(parts: Watched, row: Row, routed: RoutedRequest): Promise<Reply> {
  const { site, watch, limits } = parts
  const { request } = routed
  const log = parts.context.tools.log.child({ request: request.transport.requestId })
  return watch.answering({ row, log, request }, async (refused) => {
    try {
      const context = { ...parts.context, log }
      return respond(
        await handled({ context, site, limits }, await withEndpoint(row), routed),
        site,
      )
    } catch (error) {
      refused(error)
      return isForClients(row)
        ? refuseClient(error, site)
        : refuse(error, site, judgesCredential(row))
    }
  })
}

async function handled(
  { context, site, limits }: Limited,
  row: Route,
  { request, path }: RoutedRequest,
): Promise<Answer> {
  const repeated = repetition(request)
  if (repeated !== undefined) throw new KeyhavenError('invalid_request', repeated)
  const { address, insecure } = request.transport
  if (insecure !== undefined)
    await refuseInsecure(context, row, { site, request, reason: insecure })
  if (isForClients(row)) return answerClient({ context, site, limits }, row, request)
  const caller = await admitted(context, row, { site, request })
  const body = await bodyOf(row, site, request)
  const isBearer = row.endpoint.takesApps === true && isBearerCall(site, request, body)
  if (caller !== undefined) countCall(limits, row.limit, { caller, accountId: path['id'] })
  const known = caller !== undefined && 'by' in caller ? caller : undefined
  const actor = {
    ...(known && actorOf(known)),
    address,
    locale: localeOfHeader([request.header('accept-language') ?? ''].flat().join(',')),
  }
  const read = isBearer ? asBearerCall(site, request, body) : request
  const { query } = request
  const call = { context, site, request: read, body, path, query, caller, actor, isBearer }
  await requireFresh(row, call, known)
  const answered = await (isBearer ? withoutCookies(row, call) : row.endpoint.handle(call))
  if (site.checksAnswers) requireFit(row, answered)
  return answered
}

/** Reads the body. A foreign page, whose call its body may decide, learns nothing from a wrong one. */
async function bodyOf(row: Route, site: Site, request: ServiceRequest): Promise<unknown> {
  try {
    return await readBody(request, row.endpoint.body)
  } catch (error) {
    if (row.endpoint.takesApps) refuseOtherPage(site, request)
    throw error
  }
}

/** A caller as the audit log names it. */
function actorOf(caller: AnyCaller): Pick<Actor, 'accountId' | 'sessionId' | 'operator'> {
  if (isMachine(caller)) return { operator: `machine:${caller.name}` }
  return {
    accountId: caller.account.id,
    sessionId: isPerson(caller) ? caller.session.id : undefined,
  }
}

interface Insecure {
  readonly site: Site
  readonly request: ServiceRequest
  readonly reason: string
}

/** A credential sent over plain http is revoked, because others may have read it (R37). */
async function refuseInsecure(
  context: Context,
  row: Route,
  { site, request, reason }: Insecure,
): Promise<void> {
  const isEnded = await endExposed(context, { site, request, isForm: isForClients(row) })
  if (isEnded || row.who !== 'any') {
    throw new KeyhavenError('insecure_transport', { reason })
  }
}

/**
 * The caller, if the row requires one. This is the only place that enforces `who`.
 * @throws KeyhavenError.
 */
async function admitted(
  context: Context,
  row: Route,
  { site, request }: { readonly site: Site; readonly request: ServiceRequest },
): Promise<AnyCaller | KnownGuard | undefined> {
  switch (row.who) {
    case 'any':
      return undefined
    case 'client':
      throw new Error('an OAuth client is no other caller')
    case 'own-origin':
      // Sign-up and sign-in need no credential. The body decides whether an app makes the call
      if (!row.endpoint.takesApps) requireOwnOrigin(request, site)
      return undefined
    case 'testing':
      requireTestingKey(context, site, request)
      return undefined
    case 'guard':
      return requireGuardKey(context, site, request)
    default: {
      if (row.endpoint.upToDate) await context.revocations.follow()
      const caller = await resolveAnyCaller(context, site, request)
      if (caller === undefined) throw new KeyhavenError('not_signed_in')
      if (!isAdmitted(row, caller)) throw new KeyhavenError('credential_not_allowed')
      if (row.who === 'session-cookie' && !(isPerson(caller) && caller.renewable))
        throw new KeyhavenError('not_signed_in')
      if (isScope(row.who)) await requireScope(context, caller, row.who)
      return caller
    }
  }
}

/** Whether an endpoint admits a kind of caller; a user in their session always. */
function isAdmitted({ endpoint: { admits } }: Route, caller: AnyCaller): boolean {
  if (isPerson(caller)) return true
  return admits === 'all' || admits === (isMachine(caller) ? 'machines' : 'keys')
}

function isScope(who: Access): who is ReservedScope {
  return who.startsWith('keyhaven:')
}

/** Whether the caller is an OAuth client, which `http/oauth/answer.ts` authenticates. */
function isForClients(row: Row): row is OAuthRoute {
  return row.who === 'client'
}

/** Whether a refusal can be about the request's credential. That of a sign-in is about its body. */
function judgesCredential({ who }: Row): boolean {
  return who !== 'any' && who !== 'own-origin'
}
