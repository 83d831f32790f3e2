import type { FactorEntry } from '@keyhaven/core/wire'
import type { Factor } from '../stores/factors/factors.ts'
import { time } from './time.ts'

/** A factor as its owner sees it. */
export function viewFactor({
  id,
  kind,
  name,
  passkey_id,
  created_at,
  last_used_at,
}: Factor): FactorEntry {
  return {
    id,
    kind,
    name,
    ...(passkey_id !== null && { passkeyId: passkey_id }),
    createdAt: time(created_at),
    lastUsedAt: last_used_at === null ? null : time(last_used_at),
  }
}
