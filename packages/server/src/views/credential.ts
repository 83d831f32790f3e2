import type { CredentialEntry, CredentialKindName } from '@keyhaven/core/wire'
import type { NamedCredential } from '../stores/credentials/tree.ts'
import { time } from './time.ts'

/** A credential of a registered kind in a list. */
export function credentialItem(row: NamedCredential): CredentialEntry {
  const { id, client_id, parent_id, created_at, last_used_at } = row
  return {
    id,
    kind: row.kind as CredentialKindName,
    name: nameOf(row),
    client: client_id,
    scope: row.scope === null ? null : (JSON.parse(row.scope) as string[]),
    createdAt: time(created_at),
    // Both are written at once when it is made
    lastUsedAt: last_used_at > created_at ? time(last_used_at) : null,
    expiresAt: endOf(row),
    parent: parent_id,
  }
}

function nameOf({ device, key_name, audiences, url }: NamedCredential): string | null {
  if (audiences !== null) return (JSON.parse(audiences) as string[]).join(' ')
  return device ?? key_name ?? url
}

/** The first of its limits. */
function endOf({ idle_expires_at, absolute_expires_at }: NamedCredential): string | null {
  const ends = [idle_expires_at, absolute_expires_at].filter((end) => end !== null)
  return ends.length === 0 ? null : time(Math.min(...ends))
}
