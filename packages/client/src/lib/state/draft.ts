import type { Effects } from './events.ts'
import type { Known } from './known.ts'

/** The time of an event on the page's clock, in milliseconds, and a random number for it. */
export interface Moment {
  readonly now: number
  readonly random: number
}

/** A copy of the page's knowledge that one event may change, and the effects of that event. */
export type Draft = { -readonly [K in keyof Known]: Known[K] } & Moment & {
    readonly effects: Effects
  }
