import type { SessionView } from '@keyhaven/core/wire'
import type { Reply } from '../calls/results.ts'
import type { PageEvent, StreamEvent } from '../runtime.ts'
import type { Question } from './known.ts'

/**
 * The service's answer. `extended`: it moved the idle limit. `entered`: a person has just signed in. `stays`: the
 * service refuses to end this session, which the person has left.
 */
export interface ViewMessage {
  readonly view: SessionView
  readonly extended: boolean
  readonly afterRefusal?: boolean | undefined
  readonly entered?: boolean | undefined
  readonly stays?: boolean | undefined
}

/** A message to the other tabs. A version with other messages uses another channel. */
export type Message =
  | ViewMessage
  /** A session has ended, or its cookies are gone. */
  | { readonly gone: string | undefined; readonly reason: string }
  /** A person has signed out, and the service has not confirmed it. */
  | { readonly leave: string }
  /** The service does not answer: retry after `down` milliseconds. `firm`: the service has set that time. */
  | { readonly down: number; readonly firm: boolean }

/** An event of a page. */
export type Event =
  /** A caller wants the current state; `afterRefusal`: because an API refused a request. */
  | { readonly type: 'ask'; readonly afterRefusal?: boolean | undefined }
  /** The answer to a question; `wishes`: sessions that the browser remembers as left. */
  | {
      readonly type: 'reply'
      readonly to: Question
      readonly reply: Reply
      readonly wishes?: readonly string[]
    }
  /** The answer to a sign-in that was sent at `sentAt`. */
  | { readonly type: 'entered'; readonly view: SessionView; readonly sentAt: number }
  /** An act has ended this session, by the answer of the service. */
  | { readonly type: 'over'; readonly session: string }
  /** The person signs out. */
  | { readonly type: 'leave' }
  /** A message of another tab. */
  | { readonly type: 'message'; readonly message: Message }
  /** An event that the browser reports; `wishes`: sessions that it remembers as left. */
  | { readonly type: PageEvent | 'start'; readonly wishes?: readonly string[] }
  /** An API has answered, so the network works. */
  | { readonly type: 'alive' }
  /** The time of `scheduledAt` is reached. */
  | { readonly type: 'timer' }
  /** This tab has become the leader. */
  | { readonly type: 'leads' }
  /** An event of the session's stream. */
  | { readonly type: 'stream'; readonly event: StreamEvent }

/** Events besides each change of the state. */
export interface AuthEvents {
  /**
   * The known person is gone. `reason` is the service's code (`session_ended`, `account_locked`, …), `signed_out` if
   * they signed out in any tab of this browser, or `account_switched` if another person has signed in.
   */
  readonly 'signed-out': { readonly reason: string }
  /**
   * How many calls of this page wait for a step-up: after each change, 0 when none does any more. `cancel` ends the
   * wait, and the calls get their refusals.
   */
  readonly 'step-up': { readonly waiting: number; readonly cancel: () => void }
  /** The session ends in `endsIn` seconds, unless the person acts (`idle`) or signs in again. */
  readonly 'ending-soon': { readonly endsIn: number; readonly because: 'idle' | 'absolute' }
}

/** The effects of an event, beside those that follow from the new state. */
export interface Effects {
  /** Send this request, then report its reply. */
  call?: Question
  /** Send this to the other tabs. */
  post?: Message
  /** The reason for `signed-out`, if the person is gone. */
  goneBecause?: string
  /** Send `ending-soon`. */
  warn?: boolean
  /** Call the service unless another tab has done so meanwhile. */
  recheck?: boolean
  /** Try to become the leader of the tabs, or stop being it. */
  lead?: boolean | undefined
}
