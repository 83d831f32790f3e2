import { called, logFailure } from './log-failure.ts'
import { refusedLine, refusedRequest } from './refused-request.ts'
import type { RefusedRequest } from './refused-request.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'
import { createSample } from './sample.ts'

/** Notes a refused request. */
export type NoteRefused = (request: GuardRequest, refusal: Refusal) => void

/** Logs a sample of the refused requests. */
export interface RefusalNotes {
  readonly note: NoteRefused
  readonly close: () => void
}

/** Called for each refused request. */
export type OnRefused = (refused: RefusedRequest) => void

/**
 * Creates the notes of one guard.
 * @param onRefused is the application's: the first error that it throws is logged, and no answer changes.
 */
export function createRefusalNotes(
  log: (line: string) => void,
  onRefused: OnRefused | undefined,
): RefusalNotes {
  const sample = createSample((left) => {
    const each = Object.entries(left).map(([code, count]) => `${count} ${code}`)
    log(`refused more requests in this minute, without a line each: ${each.join(', ')}`)
  })
  let failed = false
  const fail = (error: unknown): void => {
    if (!failed) logFailure({ log }, 'onRefused failed', error)
    failed = true
  }
  return {
    note: (request, refusal) => {
      const { code, reason, body } = refusal
      const lined = sample.take(code, `${code} ${body.check ?? body.scope ?? reason ?? ''}`)
      if (!lined && onRefused === undefined) return
      const refused = refusedRequest(request, refusal)
      if (lined) log(refusedLine(refused))
      called(() => onRefused?.(refused), fail)
    },
    close: () => sample.close(),
  }
}
