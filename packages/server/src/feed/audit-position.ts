import type { AppliedMark } from '@keyhaven/core/wire'
import type { PositionForm } from './position-file.ts'

/**
 * The newest row of the audit chain that this installation has seen: `seq` is its number, `log` the
 * revocation log of the database at that time.
 */
export interface AuditPosition extends AppliedMark {
  readonly hash: string
}

const PATTERN = /^([\w-]{1,64}):(\d{1,15}):([\w-]{43}|)$/

/**
 * The position in the audit log. Nothing else shows that rows are missing at the end of a chain.
 */
export const auditPosition: PositionForm<AuditPosition> = {
  name: 'audit.mark',
  parse: (text) => {
    const [, log, seq, hash] = PATTERN.exec(text) ?? []
    return log === undefined || hash === undefined ? undefined : { log, seq: Number(seq), hash }
  },
  text: ({ log, seq, hash }) => `${log}:${seq}:${hash}`,
  remedy:
    'remove it, and compare the head that `keyhaven audit verify` prints with one that was stored elsewhere',
}
