import { allHappened } from '../../events/happened.ts'
import { apiKeyPage } from '../../stores/credentials/api-keys.ts'
import type { CredentialKind } from '../credentials/kinds.ts'

/** API keys as a kind of credential: a change of the password and a restore leave them live. */
export const apiKeyKind = {
  name: 'api-key',
  // Tokens of a key carry its id as `client_id`
  entry: 'client_id',
  counted: 'apiKeys',
  at: {
    lock: 'ends',
    passwordChange: 'stays',
    reset: 'ends',
    resetSparingKeys: 'stays',
    erasure: 'ends',
    restore: 'stays',
  },
  tables: ['api_keys'],
  list: apiKeyPage,
  recordEnds: (moment, ends) =>
    allHappened(
      moment,
      'api_key.ended',
      ends.map(({ credential, actor, reason }) => ({
        actor,
        account: credential.accountId,
        reason,
        details: { key: credential.id },
      })),
    ),
} as const satisfies CredentialKind
