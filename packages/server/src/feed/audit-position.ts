import type { AppliedMark } from '@keyhaven/core/wire'
import type { PositionForm } from './position-file.ts'

/** The newest row of the audit log's chain that was seen: `seq` is its number, `log` that of the database then. */
export interface AuditPosition extends AppliedMark {
  readonly hash: string
}

const PATTERN = /^([\w-]{1,64}):(\d{1,15}):([\w-]{43}|)$/

/** The mark of the audit log: rows that are gone from the end of a chain leave no other trace. */
export const auditPosition: PositionForm<AuditPosition> = {
  name: 'audit.mark',
  parse: (text) => {
    const [, log, seq, hash] = PATTERN.exec(text) ?? []
    return log === undefined || hash === undefined ? undefined : { log, seq: Number(seq), hash }
  },
  text: ({ log, seq, hash }) => `${log}:${seq}:${hash}`,
  remedy:
    'remove it, and hold what `keyhaven audit verify` says against a head that was kept elsewhere',
}
