import { LEEWAY } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { RevocationEntry, Revocations } from '../checks/revocations.ts'

/** What carries a request. */
export interface TokenInUse {
  readonly claims: AccessTokenClaims
  /** The key of its token; where it is not known, any key’s withdrawal counts. */
  readonly kid: string | undefined
}

/** Signals that fire when what carries a request is revoked, or its session is over. */
export interface Signals {
  /** A new one; fired already where the carrier is dead. It is watched for as long as somebody holds it. */
  open(carrier: TokenInUse): AbortSignal
  /** Fires those whose session is over, and forgets those that nobody holds. Call it each second. */
  sweep(): void
  /** Fires those whose token has ended: an entry for them may have been missed. */
  endTokens(): void
  /** Signals that are watched. */
  readonly size: number
}

interface Watch {
  readonly controller: WeakRef<AbortController>
  /** Entries that hit it. */
  readonly names: readonly string[]
  readonly tokenEnd: number
  readonly sessionEnd: number
}

/** A signal keeps its controller: whoever holds only the signal is told too. */
const controllers = new WeakMap<AbortSignal, AbortController>()

/** `now`: integer seconds since 1970. */
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
    open: (carrier) => {
      const controller = new AbortController()
      controllers.set(controller.signal, controller)
      const dead = codeNow(carrier)
      if (dead !== undefined) {
        controller.abort(new KeyhavenError(dead))
        return controller.signal
      }
      const { claims, kid } = carrier
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
        // As every check of a token counts it: in its leeway it is good, and its entries are still held
        if (watch.tokenEnd + LEEWAY <= time) fire(watch, 'token_expired')
      }
    },
    get size() {
      return watches.size
    },
  }
}
