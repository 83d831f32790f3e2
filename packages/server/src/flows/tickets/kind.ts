import { kindPage } from '../../stores/credentials/kind-page.ts'
import type { CredentialKind } from '../credentials/kinds.ts'

/** Tickets as a kind of credential: each opens one address for a short time, and is too short-lived to be recorded. */
export const ticketKind = {
  name: 'ticket',
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
  tables: ['tickets'],
  list: (moment, accountId, page) => kindPage(moment, { kind: 'ticket', accountId }, page),
  recordEnds: async () => {},
} as const satisfies CredentialKind
