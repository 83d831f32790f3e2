import { allHappened } from '../../events/happened.ts'
import { sessionPage } from '../../stores/sessions.ts'
import type { CredentialKind } from '../credentials/kinds.ts'

/** Sessions of browsers and native apps as a kind of credential: every event ends them. */
export const sessionKind = {
  name: 'session',
  entry: 'sid',
  counted: 'sessions',
  at: {
    lock: 'ends',
    passwordChange: 'ends',
    reset: 'ends',
    resetSparingKeys: 'ends',
    erasure: 'ends',
    restore: 'ends',
  },
  tables: ['credentials', 'sessions', 'refresh_families'],
  list: sessionPage,
  recordEnds: (moment, ends) =>
    allHappened(
      moment,
      'session.ended',
      ends.map(({ credential, actor, reason }) => ({
        actor,
        account: credential.accountId,
        session: credential.id,
        reason,
      })),
    ),
} as const satisfies CredentialKind
