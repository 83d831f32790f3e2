import type { AnyAccess } from '@keyhaven/core/access'
import { checkOptions, option } from '@keyhaven/core/errors'
import type { Auth } from '../auth-object.ts'
import { isPreflight } from './cors.ts'
import type { AnswerHeaders } from './cors.ts'
import type { Guard, Settled } from '../create-guard.ts'
import { checkGuard } from '../guard-options.ts'
import { createDeveloperHints } from './developer-hints.ts'
import { guardedPrefix, isAmbiguousPath, liesBelow, pathOf, publicRoutes } from './public-routes.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'

/** What is open, and from where on the gate stands. */
export interface GateOptions {
  /** Routes that need no credential, as `GET /health`; everything else needs one. */
  readonly public?: readonly string[]
  /** Path prefix that is guarded; `/` where left out. */
  readonly guard?: string
}

/** What happens to a request at the gate, before any handler is known. */
export type Admission<A extends AnyAccess = AnyAccess> =
  | {
      readonly go: 'in'
      /** The guard that decided; `undefined` beyond its prefix, where it decides nothing. */
      readonly guard: Guard<A> | undefined
      readonly auth: Auth<A> | undefined
      readonly headers: AnswerHeaders
      /** `Set-Cookie` lines: the answer must not be stored then, whatever a handler says. */
      readonly cookies?: readonly string[] | undefined
    }
  | { readonly go: 'preflight'; readonly headers: AnswerHeaders }
  | { readonly go: 'out'; readonly refused: Refusal; readonly headers: AnswerHeaders }

/** Default deny: decides what an adapter does with a request. */
export interface Gate<A extends AnyAccess = AnyAccess> {
  admit(request: GuardRequest): Admission<A> | Promise<Admission<A>>
}

/** What a guard adds to what it guards; a handler may set its own. */
function unstored(headers: AnswerHeaders): AnswerHeaders {
  return { 'Cache-Control': 'private, no-store', ...headers }
}

/** A request beyond the prefix: it is neither checked nor noted, and its answer stays as it is. */
const beyond = { go: 'in', guard: undefined, auth: undefined, headers: {} } as const

/** A request, whether its route is public, and what its answer has in any case. */
interface Asked {
  readonly request: GuardRequest
  readonly open: boolean
  readonly headers: AnswerHeaders
}

const checks = { public: option.anything, guard: option.anything }

/**
 * @param caller The function that the developer has called: messages about its options name it.
 * @throws TypeError with a sentence for options that can't be meant: a gate must not open what it promised to guard.
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
  guard.log(
    `public: ${options.public?.join(', ') || 'nothing'}; every other route below ${prefix || '/'} needs a credential if its requests reach this guard`,
  )
  const out = (request: GuardRequest, refused: Refusal, headers: AnswerHeaders): Admission<A> => {
    guard.noteRefused(request, refused)
    return { go: 'out', refused, headers }
  }
  const admitted = (settled: Settled<A>, { request, open, headers }: Asked): Admission<A> => {
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
      if (!liesBelow(path, prefix)) return beyond
      const headers = guard.cors(request)
      if (isPreflight(request)) {
        if (headers['Access-Control-Allow-Origin'] === undefined) hints.foreignPage(request)
        return { go: 'preflight', headers }
      }
      const open = isPublic(request.method, path)
      const asked = { request, open, headers }
      const settled = open ? guard.recognize(request) : guard.settle(request)
      if (settled instanceof Promise) return settled.then((one) => admitted(one, asked))
      if (!open && !settled.ok && settled.refused.code === 'not_signed_in') {
        hints.privatePage(request, path)
      }
      return admitted(settled, asked)
    },
  }
}
