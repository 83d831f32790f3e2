import { kindPage } from '../../stores/credentials/kind-page.ts'
import type { CredentialKind } from '../credentials/kinds.ts'

/**
 * Exchanged tokens as a kind of credential: each is one token, and ends with what it was exchanged
 * for. That it was issued is in the audit log; its end is that of its parent, or its time.
 */
export const delegationKind = {
  name: 'delegation',
  // A token of another service has no session, and the one of a key only the key's id
  entry: 'jti',
  counted: 'delegations',
  at: {
    lock: 'ends',
    passwordChange: 'ends',
    reset: 'ends',
    resetSparingKeys: 'ends',
    erasure: 'ends',
    restore: 'ends',
  },
  tables: ['delegations'],
  list: (moment, accountId, page) => kindPage(moment, { kind: 'delegation', accountId }, page),
  recordEnds: async () => {},
} as const satisfies CredentialKind
