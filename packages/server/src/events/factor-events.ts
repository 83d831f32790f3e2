import type { EventRow } from './event-row.ts'

/** A member that is there each time. */
const ALWAYS = ''

/** Events of second factors, as rows of the table. */
export const factorEvents = {
  'factor.added': {
    when: 'a user sets up a second factor; the other sessions end',
    details: {
      factor: ALWAYS,
      kind: ALWAYS,
      ended: ALWAYS,
      recoveryCodes: 'if it is the first: how many codes the user got',
    },
    mail: ['factor-added'],
  },
  'factor.removed': {
    when: 'a user removes a second factor; the other sessions end',
    details: {
      factor: ALWAYS,
      kind: ALWAYS,
      ended: ALWAYS,
      recoveryCodes: 'if it was the last: how many codes went with it',
    },
    mail: ['factor-removed'],
  },
  'factor.recovery_codes_renewed': {
    when: 'a user replaces their recovery codes; the other sessions end',
    details: { ended: ALWAYS },
    mail: ['recovery-codes-renewed'],
  },
  'factor.recovery_code_used': {
    when: 'a recovery code is used',
    details: { left: ALWAYS },
    mail: ['recovery-code-used'],
  },
  'factor.renamed': {
    when: 'a user names a passkey',
    details: { factor: ALWAYS },
  },
  'factor.counter_back': {
    when: 'the signature counter of a passkey was lower than before: the passkey may have been copied',
    details: { factor: ALWAYS, stored: ALWAYS, sent: ALWAYS },
    mail: ['passkey-counter-back'],
  },
  'factor.reset': {
    when: 'support or an operator removes all second factors of an account; all that it has ends',
    details: { factors: ALWAYS, recoveryCodes: ALWAYS, ended: ALWAYS },
    mail: ['factors-reset'],
  },
  'factor.dropped': {
    when: 'a person proves that they own the address of an account which had not confirmed it: the factors that another person may have set up are removed',
    details: { factors: ALWAYS },
  },
  'second_factor.failed': {
    when: 'the second factor of a sign-in was wrong, or of a link that denies or undoes something',
    details: { factor: ALWAYS },
  },
  'second_factor.reported': {
    when: 'the owner of an account is mailed that its second factor was wrong behind the right password',
    details: { factor: ALWAYS },
    mail: ['second-factor-failed'],
  },
} as const satisfies Readonly<Record<string, EventRow>>
