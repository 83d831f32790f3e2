/**
 * A place in the chain of the audit log: the number of a row, from 1 without gaps, and its seal.
 */
export interface ChainPlace {
  readonly number: number
  readonly hash: string
}
