import type { SessionView } from '@keyhaven/core/wire'
import type { FirstAnswer } from './first-answer.ts'
import { loading } from './states.ts'
import type { AuthState } from './states.ts'

/** A request to the service whose answer the page waits for. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** The request must not extend the idle limit. */
  readonly background?: boolean
  /** Whether a tab sends it because an API refused a request. */
  readonly afterRefusal?: boolean | undefined
  /** Whether the service has refused to end the session that was left: its person is shown again. */
  readonly stays?: boolean | undefined
  /** Whether a refusal of the XSRF token is final: the token is new, or the page knew no person. */
  readonly last?: boolean
  /** The session that the page knew when it sent the request. */
  readonly of?: string | undefined
}

/**
 * All knowledge of a page. Points in time are milliseconds on the page's own clock. It is immutable: `transition`
 * makes a new value for each event.
 */
export interface Known {
  /** The state that the page shows. */
  readonly state: AuthState
  /** The last view of the person who is signed in or signing out. */
  readonly view: SessionView | undefined
  /** The session that the person has left, until the service has ended it; `''` until the page knows which. */
  readonly leaving: string | undefined
  /** Sessions that were left in other tabs, or before this page was loaded. */
  readonly left: readonly string[]
  /** The session in `leaving`, if the browser must remember it: the page may close before the service is reached. */
  readonly kept: string | undefined
  /** The last sessions that have ended. Ids are never used again. */
  readonly ended: readonly string[]
  /** When the newest known session began, by the service's clock: an older one never replaces it. */
  readonly newest: string
  /** The open question. Answers to former ones are ignored. */
  readonly question: Question | undefined
  /** When this tab last sent a request. */
  readonly askedAt: number
  /** When any tab last received an answer. */
  readonly answeredAt: number
  /** When the service last answered a request that followed a refusal by an API. */
  readonly refusedAt: number
  /** Until then the last answer is valid, or a service that did not answer is not called. */
  readonly freshUntil: number
  /** From then on a request is due for another reason than a renewal. */
  readonly wantedAt: number
  /** Whether the next request must renew the token. */
  readonly wantsRenewal: boolean
  /** From then on a request renews the access token. */
  readonly renewAt: number
  /** Until then the state is valid without a new answer: the session's end, `Infinity` without a session. */
  readonly validUntil: number
  /** The limit that ends the session. */
  readonly because: 'idle' | 'absolute'
  /** Whether the last question got no answer. */
  readonly failing: boolean
  /** Whether an event has moved the next attempt forward. */
  readonly hurried: boolean
  /** When an attempt that was moved forward last failed. */
  readonly hurriedAt: number
  /** The time of the service's `Retry-After`. */
  readonly notBefore: number
  /** Whether the person has acted since the idle limit last moved. */
  readonly active: boolean
  /** The state for which `ending-soon` was sent. */
  readonly warned: AuthState | undefined
  /** Milliseconds before the end of a session at which `ending-soon` is sent. */
  readonly warnBefore: number
  /** Whether this tab is the leader, which holds the event stream. */
  readonly leading: boolean
  /** The session whose stream is open or opening. */
  readonly stream: string | undefined
  readonly streamOpen: boolean
  /** When the stream may be opened, must be open, or counts as stable. */
  readonly streamAt: number
  /** Attempts in a row in which the stream did not open or broke. */
  readonly streamTries: number
}

/** The knowledge of a page before its first request, apart from the state that it shows already. */
export function nothingKnown(
  warnBefore: number,
  { state, view }: Pick<FirstAnswer, 'state' | 'view'> = { state: loading },
): Known {
  return {
    state,
    view,
    leaving: undefined,
    left: [],
    kept: undefined,
    ended: [],
    newest: '',
    question: undefined,
    askedAt: -Infinity,
    answeredAt: -Infinity,
    refusedAt: -Infinity,
    freshUntil: -Infinity,
    wantedAt: Infinity,
    wantsRenewal: false,
    renewAt: Infinity,
    validUntil: -Infinity,
    because: 'idle',
    failing: false,
    hurried: false,
    hurriedAt: -Infinity,
    notBefore: -Infinity,
    // Opening the page counts as an act
    active: true,
    warned: undefined,
    warnBefore,
    leading: false,
    stream: undefined,
    streamOpen: false,
    streamAt: -Infinity,
    streamTries: 0,
  }
}
