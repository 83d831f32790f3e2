import { called, logFailure } from './log-failure.ts'
import { refusedLine, refusedRequest } from './refused-request.ts'
import type { RefusedRequest } from './refused-request.ts'
import type { Refusal } from '../checks/refusal.ts'
import type { GuardRequest } from '../checks/request.ts'
import { createSample } from './sample.ts'

/** Takes a refused request. */
export type NoteRefused = (request: GuardRequest, refusal: Refusal) => void

/** Logs a sample of what is refused. */
export interface RefusalNotes {
  readonly note: NoteRefused
  readonly close: () => void
}

/** Called for each refused request. */
export type OnRefused = (refused: RefusedRequest) => void

/** @param onRefused is the program’s own: what it throws is logged once, and changes no answer. */
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
