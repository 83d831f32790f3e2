import type { RevocationEntry } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import type { Tables } from '../../database/tables.ts'
import type { Actor } from '../../events/happened.ts'
import type { Credential, OwnedCredential } from '../../stores/credentials/credentials.ts'
import type { Page, PageRequest } from '../../stores/page.ts'

/** What happens to an account, or to the whole installation, and so to credentials. */
export type CredentialEvent =
  | 'lock'
  | 'passwordChange'
  /** A reset of the password by mail. */
  | 'reset'
  /** The same if the setting leaves keys live. */
  | 'resetSparingKeys'
  | 'erasure'
  | 'restore'

/** How many credentials ended, by kind, as answers and the audit log name them. */
export interface EndedCounts {
  readonly sessions: number
  readonly apiKeys: number
  readonly delegations: number
}

/** A credential that has ended, by whom and why. */
export interface RecordedEnd {
  readonly credential: OwnedCredential
  readonly actor: Actor
  readonly reason?: string | undefined
}

/**
 * A kind of credential. Its rows are in `credentials`, so that one statement finds those of every
 * kind; what only this kind has is in a table that names them.
 */
export interface CredentialKind {
  /** The value of `credentials.kind`. */
  readonly name: string
  /**
   * The kind of the entry that revokes every token of a credential; its id is the credential's.
   * `jti`: tokens carry no such id, and each gets an entry.
   */
  readonly entry: Extract<RevocationEntry['kind'], 'sid' | 'client_id' | 'jti'>
  /** Where its ends are counted. */
  readonly counted: keyof EndedCounts | undefined
  /** What each event does to its live credentials. */
  readonly at: Readonly<Record<CredentialEvent, 'ends' | 'stays'>>
  /** Its tables, whose rows an erasure deletes. */
  readonly tables: readonly (keyof Tables)[]
  /** Its live credentials of an account by age. */
  list(
    moment: Moment,
    accountId: string,
    page: PageRequest,
  ): Promise<Page<Omit<Credential, 'epoch'>>>
  /** Writes ends to the audit log. */
  recordEnds(moment: Moment, ends: readonly RecordedEnd[]): Promise<void>
}

/** Every kind of credential of this service. Flows know this interface only, and no kind. */
export interface CredentialKinds {
  readonly all: readonly CredentialKind[]
  /** The kind of a row. */
  of(name: string): CredentialKind
}

/** Registers kinds, once, when the context is built. @throws Error if two have one name. */
export function createKinds(all: readonly CredentialKind[]): CredentialKinds {
  const known = new Map(all.map((kind) => [kind.name, kind]))
  if (known.size < all.length) throw new Error('Two kinds of credentials have the same name.')
  return { all, of: (name) => known.get(name) ?? ofLaterVersion(name) }
}

/** Whether a restore of the database leaves credentials of a kind live. */
export function outlivesRestore({ at }: Pick<CredentialKind, 'at'>): boolean {
  return at.restore === 'stays'
}

/**
 * A row that a later version has written, before this one ran again: everything ends it, and each of
 * its tokens is revoked, as this version does not know what else they carry.
 */
function ofLaterVersion(name: string): CredentialKind {
  return {
    name,
    entry: 'jti',
    counted: undefined,
    at: {
      lock: 'ends',
      passwordChange: 'ends',
      reset: 'ends',
      resetSparingKeys: 'ends',
      erasure: 'ends',
      restore: 'ends',
    },
    tables: [],
    list: async () => ({ items: [], next: null }),
    recordEnds: async () => {},
  }
}
