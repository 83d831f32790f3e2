import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import type { Keys } from '../../model/keys.ts'
import { readRefreshToken } from '../../model/refresh-token.ts'
import type { RefreshTokenParts } from '../../model/refresh-token.ts'
import { findFamily } from '../../stores/credentials/refresh-families.ts'
import type { RefreshFamily } from '../../stores/credentials/refresh-families.ts'
import { requireLiveSession } from '../sessions/find-live.ts'

/** Milliseconds within which a used refresh token gets the same successor: its answer may have been lost. */
export const REPEATED_FOR = 10_000

/** How a refresh token stands to those of its family. */
export type Standing = 'current' | 'repeated' | 'reused'

/**
 * The standing of a genuine token. One that is newer than the family lost its rotation in a failover, and
 * counts as current.
 */
export function standingOf(
  { generation, rotated_at }: RefreshFamily,
  token: RefreshTokenParts,
  now: number,
): Standing {
  if (token.generation >= generation) return 'current'
  const isFormer = token.generation === generation - 1
  const age = now - (rotated_at ?? 0)
  return isFormer && age < REPEATED_FOR ? 'repeated' : 'reused'
}

/** A refresh token whose session is live. */
export interface LiveRefreshToken {
  readonly token: RefreshTokenParts
  readonly live: LiveSession
  readonly standing: Standing
}

/**
 * Finds the live session of a refresh token, which it does not use.
 * @throws KeyhavenError `token_invalid`, and what ends a session: `session_ended`, `account_locked` and others.
 */
export async function findByRefreshToken(
  { keys }: { readonly keys: Keys },
  moment: Moment,
  text: string,
): Promise<LiveRefreshToken> {
  const token = readRefreshToken(keys, text)
  const family = token && (await findFamily(moment.db, token.family))
  if (token === undefined || family === undefined) {
    throw new KeyhavenError('token_invalid', { reason: 'no session has this refresh token' })
  }
  const live = await requireLiveSession(moment, { id: family.credential_id })
  return { token, live, standing: standingOf(family, token, moment.now) }
}
