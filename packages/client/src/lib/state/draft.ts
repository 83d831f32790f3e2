import type { Effects } from './events.ts'
import type { Known } from './known.ts'

/** A copy of the page's knowledge that one event may change, and the effects of that event. */
export type Draft = { -readonly [K in keyof Known]: Known[K] } & {
  readonly now: number
  readonly random: number
  readonly effects: Effects
}
