import type { SentTemplate, TemplateName } from './templates.ts'

/**
 * A mail that is queued and never sent, so that a call for an unknown address does the same work
 * (H57).
 */
export const BLANK = 'blank' satisfies TemplateName

/** Every kind of mail: no budget holds back a notice, which reports a change to the user of the account. */
const templateKinds: Readonly<Record<SentTemplate, 'mail' | 'notice'>> = {
  confirm: 'mail',
  'sign-up-known': 'mail',
  reset: 'mail',
  'reset-required': 'mail',
  'password-changed': 'notice',
  'reset-by-support': 'notice',
  'reset-by-operator': 'notice',
  'email-change': 'mail',
  'email-change-known': 'mail',
  'email-changed': 'notice',
  'email-undo': 'notice',
  'email-restored': 'notice',
  'erasure-requested': 'notice',
  'erasure-undone': 'notice',
  erased: 'notice',
  'new-device': 'mail',
  'sign-in-link': 'mail',
  'enrol-code': 'mail',
  paused: 'notice',
  'factor-added': 'notice',
  'factor-removed': 'notice',
  'recovery-codes-renewed': 'notice',
  'recovery-code-used': 'notice',
  'factors-reset': 'notice',
  'second-factor-failed': 'notice',
  'passkey-counter-back': 'notice',
  'refresh-token-reused': 'notice',
  'api-key-created': 'notice',
}

/** The kinds of mail that this version knows. Their texts are loaded with the first mail. */
export const templateNames: readonly string[] = [...Object.keys(templateKinds), BLANK]

/** Whether a kind of mail is sent, and known to this version. */
export function isSent(name: string): name is SentTemplate {
  return Object.hasOwn(templateKinds, name)
}

/** Whether a kind of mail is a notice. */
export function isNotice(name: TemplateName): boolean {
  return isSent(name) && templateKinds[name] === 'notice'
}
