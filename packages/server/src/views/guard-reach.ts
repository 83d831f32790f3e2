import type { GuardRow } from '../stores/guards.ts'

/** What a guard guards, and what it may do besides reading the feed. */
export interface GuardReach {
  /** The audiences that it guards; null for those of a cookie's token. */
  readonly audiences: readonly string[] | null
  /** The audiences that it may exchange tokens for. */
  readonly exchangeTo: readonly string[]
  /** Origins besides its audiences at which it redeems tickets. */
  readonly origins: readonly string[]
}

/** Reads the lists of a guard. */
export function guardReach({
  audiences,
  exchange_to,
  origins,
}: Pick<GuardRow, 'audiences' | 'exchange_to' | 'origins'>): GuardReach {
  return {
    audiences: audiences === null ? null : listOf(audiences),
    exchangeTo: exchange_to === null ? [] : listOf(exchange_to),
    origins: origins === null ? [] : listOf(origins),
  }
}

function listOf(text: string): readonly string[] {
  return JSON.parse(text) as string[]
}
