import { randomBytes } from 'node:crypto'
import type { RevocationEntry } from '@keyhaven/core/wire'

/** Entries as the log has them: sign-outs, behind this number. */
export function entries(count: number, after: number): RevocationEntry[] {
  const until = Date.now() + 660_000
  return Array.from({ length: count }, (_, at) => ({
    seq: after + 1 + at,
    kind: 'sid',
    id: `ses_${randomBytes(16).toString('base64url')}`,
    code: 'session_ended',
    until,
  }))
}
