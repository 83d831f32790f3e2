import type { AnyAccess } from '@keyhaven/core/access'
import type { Auth } from './auth.ts'
import { isPreflight } from './cors.ts'
import type { AnswerHeaders } from './cors.ts'
import type { Guard, Settled } from './create-guard.ts'
import { createHints } from './hints.ts'
import { isAmbiguousPath, liesBelow, pathOf, publicRoutes } from './public-routes.ts'
import type { Refusal } from './refusal.ts'
import type { GuardRequest } from './request.ts'

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

/** @throws TypeError where a public pattern is malformed or opens everything. */
export function createGate<A extends AnyAccess>(
  guard: Guard<A>,
  options: GateOptions = {},
): Gate<A> {
  const isPublic = publicRoutes(options.public)
  const prefix = (options.guard ?? '/').replace(/\/$/, '')
  guard.log(
    `public: ${options.public?.join(', ') || 'nothing'}; every other route below ${prefix || '/'} needs a credential`,
  )
  const admitted = (
    settled: Settled<A>,
    { open, headers }: { readonly open: boolean; readonly headers: AnswerHeaders },
  ): Admission<A> => {
    if (settled.ok) {
      const { auth, cookies } = settled
      return { go: 'in', auth, cookies, headers: open ? headers : unstored(headers) }
    }
    if (open) return { go: 'in', auth: undefined, headers }
    return { go: 'out', refused: settled.refused, headers }
  }
  const hints = createHints(guard)
  return {
    admit: (request) => {
      const path = pathOf(request.url)
      const headers = guard.cors(request)
      if (isAmbiguousPath(path)) {
        const errors = [{ path: 'url', message: 'Write the path plainly: no .., // or %2F.' }]
        return { go: 'out', refused: guard.refuse('invalid_request', { errors }), headers }
      }
      if (isPreflight(request)) {
        if (headers['Access-Control-Allow-Origin'] === undefined) hints.foreignPage(request)
        return { go: 'preflight', headers }
      }
      const open = !liesBelow(path, prefix) || isPublic(request.method, path)
      const asked = { open, headers }
      const settled = guard.settle(request, !open)
      if (settled instanceof Promise) return settled.then((one) => admitted(one, asked))
      if (!open && !settled.ok && settled.refused.code === 'not_signed_in') {
        hints.privatePage(request, path)
      }
      return admitted(settled, asked)
    },
  }
}
