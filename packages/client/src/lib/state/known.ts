import type { SessionView } from '@keyhaven/core/wire'
import type { FirstAnswer } from './first-answer.ts'
import type { AuthState } from './states.ts'

/** One request to the service whose answer the page waits for. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** The request must not extend the idle limit. */
  readonly background?: boolean
  /** A tab asks because an API refused a request. */
  readonly afterRefusal?: boolean | undefined
  /** The service has refused to end the session that was left: its person is shown again. */
  readonly stays?: boolean | undefined
  /** A sign-out that is not repeated if the XSRF token is refused: it is new, or the page knew of no person. */
  readonly last?: boolean
  /** The session that the page knew when it asked. */
  readonly of?: string | undefined
}

/**
 * Everything that the page knows, on its own clock: points in time are milliseconds. Nothing in here
 * is ever changed; `transition` makes a new one for each event.
 */
export interface Known {
  /** What the page shows. */
  readonly state: AuthState
  /** The last view of the person who is signed in, or is being signed out. */
  readonly view: SessionView | undefined
  /** The session that the person has left, until the service has ended it; `''` while it is found out. */
  readonly leaving: string | undefined
  /** Sessions that were left in other tabs, or before this page was loaded. */
  readonly left: readonly string[]
  /** What of it the browser has to remember, because the service may not be reached before the page is gone. */
  readonly kept: string | undefined
  /** The last sessions that are known to have ended: ids are never used again. */
  readonly ended: readonly string[]
  /** When the newest known session began, by the service's clock: an older one never replaces it. */
  readonly newest: string
  /** The question whose answer still counts. */
  readonly question: Question | undefined
  /** When the service was last asked, by this tab. */
  readonly askedAt: number
  /** When the service's last answer came, to any tab. */
  readonly answeredAt: number
  /** When it last answered a tab that an API had refused. */
  readonly refusedAt: number
  /** Until then the last answer stands, or a service that did not answer is not called. */
  readonly freshUntil: number
  /** From here on the service should be asked for another reason than a renewal. */
  readonly wantedAt: number
  /** A renewal is wanted, not only an answer. */
  readonly wantsRenewal: boolean
  /** From here on a request renews the access token. */
  readonly renewAt: number
  /** How long the state is valid without a new answer: to the session's end, for ever if it has none. */
  readonly validUntil: number
  /** Which limit ends the session. */
  readonly because: 'idle' | 'absolute'
  /** Whether the last question found no answer. */
  readonly failing: boolean
  /** An event has brought the next attempt forward. */
  readonly hurried: boolean
  /** When an attempt that was brought forward last failed. */
  readonly hurriedAt: number
  /** The service has said when to come back. */
  readonly notBefore: number
  /** Whether the person has acted since the idle limit was last moved. */
  readonly active: boolean
  /** The state for which `ending-soon` was sent. */
  readonly warned: AuthState | undefined
  /** Milliseconds before its end at which a session is said to end soon. */
  readonly warnBefore: number
  /** Whether this tab holds the event stream for all tabs. */
  readonly leading: boolean
  /** The session whose stream is open, or being opened. */
  readonly stream: string | undefined
  readonly streamOpen: boolean
  /** When the stream may be opened, must be open, or has proved itself. */
  readonly streamAt: number
  /** Attempts in a row in which the stream did not open, or broke. */
  readonly streamTries: number
}

/** What a page knows before it has asked, except what it shows already. */
export function nothingKnown(
  warnBefore: number,
  { state, view }: Pick<FirstAnswer, 'state' | 'view'>,
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
    // Opening the page is an act
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
