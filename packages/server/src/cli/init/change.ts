/** A file that `init` writes, or would write. */
export interface Change {
  /** Its whole path. */
  readonly file: string
  /** Its text now; `undefined` if there is no such file. */
  readonly before: string | undefined
  /** The text to write; the same as `before` if there is nothing to do. */
  readonly after: string
}

/** Lines that a person has to write, because the file has another shape than `init` knows. */
export interface ByHand {
  readonly file: string
  /** Why, as a sentence. */
  readonly why: string
  readonly lines: readonly string[]
}

/** What is to be done with one file. */
export type Step = Change | ByHand

/** Whether a person has to write the lines. */
export const isByHand = (step: Step): step is ByHand => 'why' in step

/** Whether a file is to be written. */
export const isOpen = (step: Step): step is Change => !isByHand(step) && step.before !== step.after
