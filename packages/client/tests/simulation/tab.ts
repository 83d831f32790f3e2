import { defineAccess } from '@keyhaven/core/access'
import type { Auth, PageEvent } from '@keyhaven/client'

/** The access module of every simulated page. */
export const access = defineAccess({ scopes: ['notes:read', 'notes:write'], roles: {} })

/** What a browser lacks. */
export interface Lacks {
  readonly storage: boolean
  readonly locks: boolean
  readonly channels: boolean
}

/** What becomes of the messages between tabs. */
export type Post = 'prompt' | 'late' | 'twice' | 'lost'

/** A tab: a page with one store, or two of different versions. */
export interface Tab {
  readonly stores: readonly Auth<typeof access>[]
  /** Sessions that each of its stores must never show again. */
  readonly dead: readonly Set<string>[]
  /** Answers that came when the page ran again after it had stood still: they say nothing any more. */
  readonly late: Set<string>
  state: 'runs' | 'frozen' | 'cached' | 'closed'
  loadingSince: number | undefined
  /** Since when it runs without having stood still. */
  runsSince: number
  /** Sends a request that changes something, as the person whom the store has shown last. */
  write(auth: Auth<typeof access>): void
  event(event: PageEvent): void
  /** Its timers, answers and messages wait until it runs again. */
  stop(how: 'frozen' | 'cached'): void
  resume(): void
  close(): void
}
