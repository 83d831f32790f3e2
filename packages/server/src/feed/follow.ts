import type { FeedMark } from '@keyhaven/core/wire'

/** The log as it was read last. */
export interface Followed extends FeedMark {
  /** Entries up to this number may have been dropped. */
  readonly dropped: number
}

/**
 * Reads the log, in a read begun after the call, and takes over what is new, whoever wrote it: this
 * process's copy, its pages and its guards hear every entry once, in the log's order.
 */
export type Follow = () => Promise<Followed>
