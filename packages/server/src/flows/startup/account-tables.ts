import type { Tables } from '../../database/tables.ts'
import { erasers } from '../../stores/personal-data/erasers.ts'
import { createKinds } from '../credentials/kinds.ts'
import type { CredentialKinds } from '../credentials/kinds.ts'
import { apiKeyKind } from '../api-keys/kind.ts'
import { delegationKind } from '../exchange/kind.ts'
import { sessionKind } from '../sessions/kind.ts'
import { ticketKind } from '../tickets/kind.ts'

/** Every kind of credential of this service. A new kind is registered here, and nowhere else. */
export const kinds: CredentialKinds = createKinds([
  sessionKind,
  apiKeyKind,
  delegationKind,
  ticketKind,
])

/** What an erasure of an account does with its rows in a table. */
export type Erasing = 'deletes' | 'keeps ids'

/** The other tables that name an account, and what an erasure does with its rows in each. */
const others = {
  accounts: 'deletes',
  account_roles: 'deletes',
  erasures: 'deletes',
  // The log is append-only: an erasure removes addresses and reasons
  audit: 'keeps ids',
  // Later notices replace each row
  notices: 'keeps ids',
} as const satisfies Partial<Record<keyof Tables, Erasing>>

/**
 * Each table that names an account, by kinds of credentials and other erasers. A test compares them
 * with the schema, so that no table is forgotten.
 */
export const accountTables: ReadonlyMap<string, Erasing> = new Map<string, Erasing>([
  ...kinds.all.flatMap(({ tables }) => tables.map((table) => [table, 'deletes'] as const)),
  ...erasers.map(({ table }) => [table, 'deletes'] as const),
  ...Object.entries(others),
])
