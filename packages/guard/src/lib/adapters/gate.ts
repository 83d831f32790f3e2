import type { AnyAccess } from '@keyhaven/core/access'
import { checkOptions, option } from '@keyhaven/core/errors'
import type { Auth } from '../auth-object.ts'
import { isPreflight, plain } from './cors.ts'
import type { AnswerHeaders } from './cors.ts'
import type { Guard, Settled } from '../guard.ts'
import { checkGuard } from '../guard-options.ts'
import { createDeveloperHints } from './developer-hints.ts'
import { guardedPrefix, isAmbiguousPath, liesBelow, pathOf, publicRoutes } from './public-routes.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'

/** The public routes, and the guarded prefix. */
export interface GateOptions {
  /** Routes that need no credential, as `GET /health`; everything else needs one. */
  readonly public?: readonly string[]
  /** Path prefix that is guarded; `/` if left out. */
  readonly guard?: string
}

/** The gate's decision on a request, before any handler runs. */
export type Admission<A extends AnyAccess = AnyAccess> =
  | {
      readonly go: 'in'
      /** The guard that decided; `undefined` outside its prefix. */
      readonly guard: Guard<A> | undefined
      readonly auth: Auth<A> | undefined
      readonly headers: AnswerHeaders
      /** `Set-Cookie` lines. An answer with them must not be stored, whatever its handler sets. */
      readonly cookies?: readonly string[] | undefined
    }
  | { readonly go: 'preflight'; readonly headers: AnswerHeaders }
  | { readonly go: 'out'; readonly refused: Refusal; readonly headers: AnswerHeaders }

/** Decides what an adapter does with a request: it is refused unless it has a credential or its route is public. */
export interface Gate<A extends AnyAccess = AnyAccess> {
  admit(request: GuardRequest): Admission<A> | Promise<Admission<A>>
}

/** The line at the start. A handler before the gate answers without it, which no gate can notice. */
function gateMessage(open: readonly string[], prefix: string): string {
  const others = `${open.length === 0 ? 'every' : 'every other'} route${prefix && ` below ${prefix}`}`
  return `public routes: ${open.join(', ') || 'none'}; ${others} needs a credential, unless your app answers it before this guard`
}

/** The default headers of a private route's answer; a handler may set its own. */
function unstored(headers: AnswerHeaders): AnswerHeaders {
  return headers === plain ? plainUnstored : { ...UNSTORED, ...headers }
}

const UNSTORED = { 'Cache-Control': 'private, no-store' }
const plainUnstored: AnswerHeaders = { ...UNSTORED, ...plain }

/** A request outside the prefix: it is neither checked nor noted, and its answer gets no headers. */
const outside = { go: 'in', guard: undefined, auth: undefined, headers: {} } as const

/** A request, whether its route is public, and the headers of its answer. */
interface Arrival {
  readonly request: GuardRequest
  readonly open: boolean
  readonly headers: AnswerHeaders
}

const checks = { public: option.anything, guard: option.anything }

/**
 * Creates the gate of an adapter.
 * @param caller The adapter's function, for messages about its options.
 * @throws TypeError with a sentence for malformed options, which could open a route that should be guarded.
 */
export function createGate<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
  caller = 'createGate',
): Gate<A> {
  checkGuard(caller, guard)
  checkOptions(caller, options, checks)
  const isPublic = publicRoutes(options.public)
  const prefix = guardedPrefix(options.guard)
  guard.log(gateMessage(options.public ?? [], prefix))
  const out = (request: GuardRequest, refused: Refusal, headers: AnswerHeaders): Admission<A> => {
    guard.noteRefused(request, refused)
    return { go: 'out', refused, headers }
  }
  const admitted = (settled: Settled<A>, { request, open, headers }: Arrival): Admission<A> => {
    if (settled.ok) {
      const { auth, cookies } = settled
      return { go: 'in', guard, auth, cookies, headers: open ? headers : unstored(headers) }
    }
    if (open) return { go: 'in', guard, auth: undefined, headers }
    return out(request, settled.refused, headers)
  }
  const hints = createDeveloperHints(guard)
  return {
    admit: (request) => {
      const path = pathOf(request.url)
      if (isAmbiguousPath(path)) {
        const errors = [{ path: 'url', message: 'Write the path plainly: no .., // or %2F.' }]
        const refused = guard.refuse('invalid_request', { errors })
        return out(request, refused, guard.cors(request))
      }
      if (!liesBelow(path, prefix)) return outside
      const headers = guard.cors(request)
      if (isPreflight(request)) {
        if (headers['Access-Control-Allow-Origin'] === undefined) hints.foreignPage(request)
        return { go: 'preflight', headers }
      }
      const open = isPublic(request.method, path)
      const arrival = { request, open, headers }
      const settled = open ? guard.recognize(request) : guard.settle(request)
      if (settled instanceof Promise) return settled.then((one) => admitted(one, arrival))
      if (!open && !settled.ok && settled.refused.code === 'not_signed_in') {
        hints.privatePage(request, path)
      }
      return admitted(settled, arrival)
    },
  }
}
