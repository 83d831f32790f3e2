import type { Broken, Verified } from '../../model/verified.ts'

/**
 * Lines for an operator whose audit log is whole: the range of rows, the head and any restored
 * backups.
 */
export function wholeAuditMessage({ rows, first, last, head, restored }: Verified): string[] {
  if (rows === 0) {
    const where = head.number === 0 ? 'here' : `after row ${head.number}`
    return [`the audit log is whole: it has no rows ${where}`]
  }
  const span = `${rows} row${rows === 1 ? '' : 's'} from ${first} to ${last}`
  return [
    `the audit log is whole: ${span}, head ${head.number}:${head.hash}`,
    ...restored.map(
      (time) => `it was restored from a backup at ${time}: it has no rows from after that backup`,
    ),
  ]
}

const LOOK =
  'keep a copy of the database as it is, find out who could write to it, and compare with an export or a backup. --from verifies the rows after it.'

const RESTORE =
  'run `keyhaven restored` if the database was restored from a backup; if not, rows were deleted: keep a copy of the database as it is, and find out who could write to it.'

/** One message about the first broken place: what is wrong, then what to do. */
export function brokenAuditMessage({ number, what }: Broken): string {
  const at = `The audit log is broken at row ${number}`
  switch (what) {
    case 'edited':
      return `${at}: it was edited and does not match its seal; ${LOOK}`
    case 'inserted':
      return `${at}: it was inserted: no process of this installation sealed it; ${LOOK}`
    case 'missing':
      return `${at}: it is missing, but later rows exist; ${LOOK}`
    case 'truncated':
      return `${at}: it is missing, with all rows after it; ${RESTORE}`
    case 'replaced':
      return `${at}: rows were deleted from the end and other rows have their numbers; ${RESTORE}`
  }
}
