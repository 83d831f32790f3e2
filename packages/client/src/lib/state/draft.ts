import type { Effects } from './events.ts'
import type { Known } from './known.ts'

/** A copy of what is known that one event may write to, and what that event leads to. */
export type Draft = { -readonly [K in keyof Known]: Known[K] } & {
  readonly now: number
  readonly random: number
  readonly effects: Effects
}
