import type { ViewName } from './view.ts'
import type { Words } from '../words.ts'

/** What fields and forms need to know of the pane they are in. */
export interface Frame {
  /** Begins the id of each of its nodes; unique in the document. */
  readonly id: string
  readonly words: Words
  /** The least number of characters in a new password. */
  readonly minLength: number
  /** The address of the page of another form. */
  readonly pageOf: (name: ViewName) => string
}
