import type { EventRow } from './event-row.ts'

/** A member that is there each time. */
const ALWAYS = ''

/** Events of API keys, machines, exchanged tokens and refresh tokens, as rows of the table. */
export const credentialEvents = {
  'credential.ended': {
    when: 'a user or an operator ends one credential, with all that were made from it; `ended` counts them',
    details: { credential: ALWAYS, kind: ALWAYS, ended: ALWAYS },
  },
  'api_key.created': {
    when: 'a user makes an API key',
    details: { key: ALWAYS, scope: ALWAYS, expiresAt: ALWAYS },
    mail: ['api-key-created'],
  },
  'api_key.ended': {
    when: 'an API key ends: its owner or support removes it, its time is over, or its account is locked, reset or erased',
    details: { key: ALWAYS },
  },
  'token.exchanged': {
    when: 'a token or an API key is exchanged for a token of other APIs (RFC 8693)',
    details: {
      credential: ALWAYS,
      audience: ALWAYS,
      caller: 'the client that exchanged it, if it named itself',
      issuer: 'if it was a token of another service',
    },
  },
  'machine.added': {
    when: 'an operator makes the key of a machine',
    details: { machine: ALWAYS, scope: ALWAYS, expiresAt: ALWAYS },
  },
  'machine.removed': {
    when: 'an operator removes a machine; its key is rejected from then on',
    details: { machine: ALWAYS },
  },
  'refresh_token.reused': {
    when: 'a refresh token is used again after its successor was used, or more than 10 seconds later: one of two that have it is a thief; its session ends, and its owner is mailed',
    details: {},
    mail: ['refresh-token-reused'],
  },
} as const satisfies Readonly<Record<string, EventRow>>
