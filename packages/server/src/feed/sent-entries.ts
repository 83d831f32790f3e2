import type { RevocationEntry } from '@keyhaven/core/wire'
import type { Revocation } from '../stores/revocations.ts'
import { eventText } from './event-writer.ts'

/** What a guard reads: 2 knows eras; 1 is a guard of the version before, which does not name a version. */
export type FeedVersion = 1 | 2

/** The version that a guard names in the header `Keyhaven-Feed`. */
export function feedVersionOf(header: string | readonly string[] | undefined): FeedVersion {
  return [header].flat()[0]?.trim() === '2' ? 2 : 1
}

/**
 * An entry as guards of a version are sent it. For those that know no eras every recorded session of
 * the era stands in its place, all with its number.
 */
export function sentEntries(version: FeedVersion, entry: Revocation): readonly RevocationEntry[] {
  const { seq, kind, id, code, until, effect } = entry
  if (version === 2 || kind !== 'era') return [{ seq, kind, id, code, until }]
  const sessions = effect?.what === 'era' ? effect.sessions : []
  // The number must come, or the guard would find a gap; the era is the id of no session
  const ids = sessions.length === 0 ? [id] : sessions
  return ids.map((one) => ({ seq, kind: 'sid', id: one, code, until }))
}

/** The events of entries for guards of a version. */
export function revokeTexts(
  version: FeedVersion,
  log: string,
  entries: readonly Revocation[],
): string {
  const sent = entries.flatMap((entry) => sentEntries(version, entry))
  return sent.map((entry) => eventText('revoke', entry, `${log}:${entry.seq}`)).join('')
}
