import type { Broken } from '../../flows/audit/check-chain.ts'
import type { Verified } from '../../flows/audit/verify.ts'

/** What an operator reads of an audit log that is whole. */
export function wholeAuditMessage({ rows, first, last, head, restored }: Verified): string[] {
  if (rows === 0) {
    const where = head.number === 0 ? 'here' : `here behind row ${head.number}`
    return [`the audit log is whole: it has no rows ${where}`]
  }
  const span = `${rows} row${rows === 1 ? '' : 's'} from ${first} to ${last}`
  return [
    `the audit log is whole: ${span}, head ${head.number}:${head.hash}`,
    ...restored.map(
      (time) =>
        `it was put back from a backup at ${time}: rows written after that backup was made are not in it`,
    ),
  ]
}

const LOOK =
  'keep a copy of the database as it is, find out who could write to it, and compare with an export or a backup; --from goes on behind this place.'

const RESTORE =
  'run `keyhaven restored` if the database was put back from a backup; if not, rows were taken away: keep a copy of the database as it is, and find out who could write to it.'

/** What is wrong at a place, and what to do. */
export function brokenAuditMessage({ number, what }: Broken): string {
  const at = `The audit log is broken at row ${number}`
  switch (what) {
    case 'edited':
      return `${at}: it was edited, and is not what was sealed; ${LOOK}`
    case 'inserted':
      return `${at}: it was inserted, as no process of this installation sealed it; ${LOOK}`
    case 'missing':
      return `${at}: it is missing, though there are rows behind it; ${LOOK}`
    case 'truncated':
      return `${at}: it is missing, with all that came after it; ${RESTORE}`
    case 'replaced':
      return `${at}: rows were taken from the end, and others have their numbers now; ${RESTORE}`
  }
}
