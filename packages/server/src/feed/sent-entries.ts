import type { RevocationEntry } from '@keyhaven/core/wire'
import type { Revocation } from '../stores/revocations.ts'
import { eventText } from './event-writer.ts'

/**
 * Version of the feed: 2 has entries of eras; 1 is for guards of the previous version, which send
 * no version.
 */
export type FeedVersion = 1 | 2

/** The version in a guard's `Keyhaven-Feed` header; 1 without a valid one. */
export function feedVersionOf(header: string | readonly string[] | undefined): FeedVersion {
  return [header].flat()[0]?.trim() === '2' ? 2 : 1
}

/**
 * An entry as sent to guards of a version. Version 1 gets an entry for each recorded session of the
 * era, all with the number of the era's entry.
 */
export function sentEntries(version: FeedVersion, entry: Revocation): readonly RevocationEntry[] {
  const { seq, kind, id, code, until, effect } = entry
  if (version === 2 || kind !== 'era') return [{ seq, kind, id, code, until }]
  const sessions = effect?.what === 'era' ? effect.sessions : []
  // An entry must carry the number, or the guard would find a gap; no session has the era's id
  const ids = sessions.length === 0 ? [id] : sessions
  return ids.map((one) => ({ seq, kind: 'sid', id: one, code, until }))
}

/** The events of entries, for guards of a version. */
export function revokeTexts(
  version: FeedVersion,
  log: string,
  entries: readonly Revocation[],
): string {
  const sent = entries.flatMap((entry) => sentEntries(version, entry))
  return sent.map((entry) => eventText('revoke', entry, `${log}:${entry.seq}`)).join('')
}
