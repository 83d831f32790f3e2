import type { Guard } from '../create-guard.ts'
import { single } from '../checks/request.ts'
import type { GuardRequest } from '../checks/request.ts'

/** Lines for the log that name the setting which the reader may be looking for. Each once. */
export interface DeveloperHints {
  /** In development: a page that was meant to be seen by all. */
  privatePage(request: GuardRequest, path: string): void
  /** A page of an origin that is not ours asked whether it may call. */
  foreignPage(request: GuardRequest): void
}

/** Lines that are told; strangers can't fill a log. */
const MOST_HINTS = 20

export function createDeveloperHints(guard: Pick<Guard, 'development' | 'log'>): DeveloperHints {
  const sent = new Set<string>()
  const send = (line: string): void => {
    if (sent.size >= MOST_HINTS || sent.has(line)) return
    sent.add(line)
    guard.log(line)
  }
  return {
    privatePage: (request, path) => {
      if (!guard.development || single(request, 'sec-fetch-mode') !== 'navigate') return
      send(
        `${path} was opened as a page and is private: serve pages before the guard, or list 'GET ${path}' in \`public\`, or guard a prefix alone with \`guard: '/api'\``,
      )
    },
    foreignPage: (request) => {
      const origin = URL.parse(single(request, 'origin') ?? '')?.origin
      if (origin === undefined || origin === 'null') return
      send(
        `a page of ${origin} asked to call and may not: if it is yours, add ${origin} to the service's KEYHAVEN_ALLOWED_ORIGINS`,
      )
    },
  }
}
