declare const locked: unique symbol

/**
 * A row that this transaction holds locked. Only a locking read of a store returns one, and a store's
 * writing functions take nothing else: what was read without the lock does not compile there.
 */
export type Locked<T> = T & { readonly [locked]: true }

/** For the locking reads of stores, and for them only: `rows` were read by a statement that locked them. */
export function asLocked<T>(row: T): Locked<T> {
  return row as Locked<T>
}
