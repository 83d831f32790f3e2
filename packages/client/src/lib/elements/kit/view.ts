import type { AuthError, Result } from '../../calls/results.ts'
import type { Tree } from './tree.ts'

/** The views that an element, a page or a link begins with. */
export type ViewName =
  | 'sign-in'
  | 'sign-up'
  | 'signed-in'
  | 'signed-out'
  | 'verify'
  | 'forgot'
  | 'reset'
  | 'email-change'
  | 'erasure'
  | 'deny'
  | 'second-factor'
  | 'step-up'
  | 'step-up-dialog'
  | 'account'

/** The typed text by the name of its field. A box that is not ticked has no member. */
export type Typed = Readonly<Record<string, string>>

/** What a form does. */
export interface FormActs {
  /**
   * Sends the form: never before a person submits it, because scanners of mail run scripts. It shows by itself what
   * follows.
   */
  readonly send: (typed: Typed) => Promise<Result>
  /** The sentence by name of a field, if that is empty. */
  readonly missing?: Readonly<Record<string, string>>
  /** Shows another view for a refusal. @returns `false` if it has not. */
  readonly refused?: (error: AuthError) => boolean
  /** The field by code of a refusal, if the code itself names none. */
  readonly places?: Readonly<Partial<Record<string, string>>>
  /** Sentences by code that are clearer here than the common ones. */
  readonly problems?: Readonly<Partial<Record<string, string>>>
  /** What the form says once it is done. */
  readonly said?: string
}

/** What a pane shows at one time: markup, and what its forms and buttons do. */
export interface View {
  /** Its heading. */
  readonly title?: string
  readonly body: readonly Tree[]
  /** The address or login that was typed before, for the form to which a link leads. */
  readonly login?: string | undefined
  /** By the name of the form. */
  readonly forms?: Readonly<Record<string, FormActs>>
  /** By the name of the button. */
  readonly acts?: Readonly<Record<string, (button: HTMLElement) => unknown>>
}
