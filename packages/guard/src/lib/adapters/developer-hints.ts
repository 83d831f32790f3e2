import type { Guard } from '../guard.ts'
import { single } from '../checks/request.ts'
import type { GuardRequest } from '../checks/request.ts'

/** Log lines that name the setting which a developer may need. Each line is logged once. */
export interface DeveloperHints {
  /** In development: a browser opened a private path as a page. */
  privatePage(request: GuardRequest, path: string): void
  /** A page of an origin that is not allowed sent a preflight. */
  foreignPage(request: GuardRequest): void
}

/** Most lines of one process, so that no flood of requests fills the log. */
const MOST_HINTS = 20

/** Creates the hints of one guard. */
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
        `${path} was opened as a page and is private: serve pages before the guard, or list 'GET ${path}' in \`public\`, or guard only a prefix with \`guard: '/api'\``,
      )
    },
    foreignPage: (request) => {
      const origin = URL.parse(single(request, 'origin') ?? '')?.origin
      if (origin === undefined || origin === 'null') return
      send(
        `a page of ${origin} may not call: if it is yours, add ${origin} to the service's KEYHAVEN_ALLOWED_ORIGINS`,
      )
    },
  }
}
