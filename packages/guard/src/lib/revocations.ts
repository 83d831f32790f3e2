import type { AccessTokenClaims } from '@keyhaven/core/wire'

/** One revocation: whatever carries this claim with this value is dead, whenever it was issued. */
export interface RevocationEntry {
  readonly seq: number
  readonly kind: 'jti' | 'sid' | 'client_id' | 'kid'
  readonly id: string
  /** What a guard answers. */
  readonly code: RevocationCode
  /** Milliseconds since 1970 after which no token can be hit any more. */
  readonly until: number
}

export type RevocationCode = 'session_ended' | 'account_locked' | 'token_expired'

/** A copy of the revocations in memory. */
export interface Revocations {
  /** Takes entries in any order and any number of times. */
  add(entry: RevocationEntry): void
  /** Drops entries whose `until` has passed; those of keys stay. `now` is in milliseconds. */
  drop(now: number): void
  /** The code for a token's claims, or `undefined` where nothing hits them. */
  find(claims: Pick<AccessTokenClaims, 'jti' | 'sid' | 'client_id'>): RevocationCode | undefined
  /** The code for a key, looked up before the key itself. */
  findKey(kid: string): RevocationCode | undefined
  /** Goes up with every entry that is added: what was clear at a count stays clear until the next. */
  readonly changes: number
  /** The highest number that was added. */
  readonly seq: number
  readonly size: number
}

interface Held {
  readonly code: RevocationCode
  readonly until: number
}

export function createRevocations(): Revocations {
  const held = {
    jti: new Map<string, Held>(),
    sid: new Map<string, Held>(),
    client_id: new Map<string, Held>(),
    kid: new Map<string, Held>(),
  }
  let seq = 0
  let changes = 0
  return {
    add: (entry) => {
      const known = held[entry.kind].get(entry.id)
      // Of several codes for one id the graver one stays: a renewal must not be promised in vain
      if (known === undefined || rank[entry.code] >= rank[known.code]) {
        const until = Math.max(entry.until, known?.until ?? 0)
        held[entry.kind].set(entry.id, { code: entry.code, until })
      }
      seq = Math.max(seq, entry.seq)
      changes += 1
    },
    drop: (now) => {
      for (const map of [held.jti, held.sid, held.client_id]) {
        for (const [id, { until }] of map) if (until < now) map.delete(id)
      }
    },
    find: ({ jti, sid, client_id }) =>
      (sid === undefined ? undefined : held.sid.get(sid)?.code) ??
      held.client_id.get(client_id)?.code ??
      held.jti.get(jti)?.code,
    findKey: (kid) => held.kid.get(kid)?.code,
    get changes() {
      return changes
    },
    get seq() {
      return seq
    },
    get size() {
      return held.jti.size + held.sid.size + held.client_id.size + held.kid.size
    },
  }
}

const rank: Readonly<Record<RevocationCode, number>> = {
  token_expired: 0,
  session_ended: 1,
  account_locked: 2,
}
