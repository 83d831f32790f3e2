import { LEEWAY } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { RevocationEntry, Revocations } from '../checks/revocations.ts'

/** The checked token of a request. */
export interface TokenInUse {
  readonly claims: AccessTokenClaims
  /** The key of the token. If it is `undefined`, the withdrawal of any key counts. */
  readonly kid: string | undefined
}

/** Signals that fire when the token or session of a request is revoked, or the session is over. */
export interface Signals {
  /** A new signal, already fired if the token is revoked. It is watched for as long as a reference to it exists. */
  open(token: TokenInUse): AbortSignal
  /** Fires the signals of ended sessions, and drops unreferenced ones. Call it each second. */
  sweep(): void
  /** Fires the signals of expired tokens: the entries that revoked them may have been missed. */
  endTokens(): void
  /** The number of watched signals. */
  readonly size: number
}

interface Watch {
  readonly controller: WeakRef<AbortController>
  /** The kinds and ids of the entries that match the token. */
  readonly names: readonly string[]
  readonly tokenEnd: number
  readonly sessionEnd: number
}

/** A signal keeps its controller alive, so that a signal fires even if only the signal is referenced. */
const controllers = new WeakMap<AbortSignal, AbortController>()

/** Creates the signals of one guard. `now`: integer seconds since 1970. */
export function createSignals(revocations: Revocations, now: () => number): Signals {
  const watches = new Set<Watch>()
  const byName = new Map<string, Set<Watch>>()

  const forget = (watch: Watch): void => {
    watches.delete(watch)
    for (const name of watch.names) {
      const named = byName.get(name)
      named?.delete(watch)
      if (named?.size === 0) byName.delete(name)
    }
  }
  const fire = (watch: Watch, code: ErrorCode): void => {
    forget(watch)
    watch.controller.deref()?.abort(new KeyhavenError(code))
  }
  revocations.listen(({ kind, id, code }: RevocationEntry) => {
    if (watches.size === 0) return
    const names = kind === 'kid' ? [`kid ${id}`, 'kid'] : [`${kind} ${id}`]
    for (const name of names) for (const watch of byName.get(name) ?? []) fire(watch, code)
  })
  const codeNow = ({ claims, kid }: TokenInUse): ErrorCode | undefined => {
    const revoked =
      (kid === undefined ? undefined : revocations.findKey(kid)) ?? revocations.find(claims)
    return revoked ?? ((claims.session_exp ?? Infinity) <= now() ? 'session_ended' : undefined)
  }
  return {
    open: (token) => {
      const controller = new AbortController()
      controllers.set(controller.signal, controller)
      const revoked = codeNow(token)
      if (revoked !== undefined) {
        controller.abort(new KeyhavenError(revoked))
        return controller.signal
      }
      const { claims, kid } = token
      const watch: Watch = {
        controller: new WeakRef(controller),
        names: [
          `jti ${claims.jti}`,
          `client_id ${claims.client_id}`,
          kid === undefined ? 'kid' : `kid ${kid}`,
          ...(claims.sid === undefined ? [] : [`sid ${claims.sid}`]),
          ...(claims.era === undefined ? [] : [`era ${claims.era}`]),
        ],
        tokenEnd: claims.exp,
        sessionEnd: claims.session_exp ?? Infinity,
      }
      watches.add(watch)
      for (const name of watch.names) {
        const named = byName.get(name) ?? new Set()
        byName.set(name, named.add(watch))
      }
      return controller.signal
    },
    sweep: () => {
      const time = now()
      for (const watch of watches) {
        if (watch.sessionEnd <= time) fire(watch, 'session_ended')
        else if (watch.controller.deref() === undefined) forget(watch)
      }
    },
    endTokens: () => {
      const time = now()
      for (const watch of watches) {
        // With the leeway of every check of a token: until then it is valid, and its entries are held
        if (watch.tokenEnd + LEEWAY <= time) fire(watch, 'token_expired')
      }
    },
    get size() {
      return watches.size
    },
  }
}
