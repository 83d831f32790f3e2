import type { FeedMark } from '@keyhaven/core/wire'

/** The log as of the last read. */
export interface Followed extends FeedMark {
  /** Entries up to this number may have been deleted. */
  readonly dropped: number
}

/**
 * Reads the log, in a read begun after the call, and applies new entries from any process: this
 * process's copy, its pages and its guards each receive every entry once, in the log's order.
 */
export type Follow = () => Promise<Followed>
