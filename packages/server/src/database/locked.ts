declare const locked: unique symbol

/**
 * A row that this transaction holds locked. Only locking reads of stores return one, and writing
 * functions of stores require one, so that writing a row that was read without its lock does not
 * compile.
 */
export type Locked<T> = T & { readonly [locked]: true }

/** For locking reads of stores only: marks a row that was read by a locking statement. */
export function asLocked<T>(row: T): Locked<T> {
  return row as Locked<T>
}
