import type { SessionView } from '@keyhaven/core/wire'
import type { Reply } from '../calls/results.ts'
import type { PageEvent, StreamEvent } from '../runtime.ts'
import type { Question } from './known.ts'

/**
 * The service's answer. `extended`: it moved the idle limit; `entered`: a person has just signed in;
 * `stays`: it will not end this session, which was left.
 */
export interface ViewMessage {
  readonly view: SessionView
  readonly extended: boolean
  readonly afterRefusal?: boolean | undefined
  readonly entered?: boolean | undefined
  readonly stays?: boolean | undefined
}

/** What the page sends to its other tabs. A version with other messages uses another channel. */
export type Message =
  | ViewMessage
  /** A session has ended, or its cookies are gone. */
  | { readonly gone: string | undefined; readonly reason: string }
  /** A person has left; the service has not confirmed it. */
  | { readonly leave: string }
  /** The service does not answer: try again in so many milliseconds; `firm`: the service has set that time. */
  | { readonly down: number; readonly firm: boolean }

/** What can happen to a page. */
export type Event =
  /** The state is wanted now; `afterRefusal`: because an API refused a request. */
  | { readonly type: 'ask'; readonly afterRefusal?: boolean | undefined }
  /** An answer came to a question; `wishes`: sessions that the browser remembers as left. */
  | {
      readonly type: 'reply'
      readonly to: Question
      readonly reply: Reply
      readonly wishes?: readonly string[]
    }
  /** A sign-in that was sent then was answered. */
  | { readonly type: 'entered'; readonly view: SessionView; readonly sentAt: number }
  /** The person signs out. */
  | { readonly type: 'leave' }
  /** Another tab has sent this. */
  | { readonly type: 'message'; readonly message: Message }
  /** What the browser reports of the page; `wishes`: sessions that it remembers as left. */
  | { readonly type: PageEvent | 'start'; readonly wishes?: readonly string[] }
  /** An API answered: the network works. */
  | { readonly type: 'alive' }
  /** The time of `nextAt` has come. */
  | { readonly type: 'timer' }
  /** This tab leads now. */
  | { readonly type: 'leads' }
  /** What the event stream of the session reported. */
  | { readonly type: 'stream'; readonly event: StreamEvent }

/** Events besides each change of the state. */
export interface AuthEvents {
  /**
   * The person who was known is gone. `reason` is the service's code (`session_ended`,
   * `account_locked`, …), `signed_out` if the person left in some tab of this browser, or
   * `account_switched` if another person has signed in.
   */
  readonly 'signed-out': { readonly reason: string }
  /** The session ends in so many seconds, unless the person acts (`idle`) or signs in again. */
  readonly 'ending-soon': { readonly endsIn: number; readonly because: 'idle' | 'absolute' }
}

/** What is to be done after an event, besides what can be read from what is known. */
export interface Effects {
  /** Send this request, then report its reply. */
  call?: Question
  /** Send this to the other tabs. */
  post?: Message
  /** The reason for `signed-out`, if the person is gone. */
  goneBecause?: string
  /** Send `ending-soon`. */
  warn?: boolean
  /** Ask the service unless another tab has done so meanwhile. */
  recheck?: boolean
  /** Try to lead the tabs, or stop. */
  lead?: boolean | undefined
}
