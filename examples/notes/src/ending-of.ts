import type { SessionEntry } from '@keyhaven/core/wire'
import { countOf, listOf } from './when-of.ts'

/** Most devices that the sentence names. */
const NAMED = 3

/** “2 sessions end at once: Firefox on Linux, and Safari on iPhone.” */
export function endingOf(sessions: readonly SessionEntry[]): string {
  const counts = new Map<string, number>()
  for (const { device, browser } of sessions) {
    const name = device ?? browser ?? 'an unnamed device'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const names = [...counts].map(([name, count]) =>
    count === 1 ? name : `${count}\u00a0×\u00a0${name}`,
  )
  const left = names.length - NAMED
  const shown = left > 0 ? [...names.slice(0, NAMED), `${left} more`] : names
  return `${countOf(sessions.length, 'session')} ${sessions.length === 1 ? 'ends' : 'end'} at once: ${listOf(shown)}.`
}
