import type { ValuesOf } from './template.ts'
import { apiKeyCreated } from './templates/api-keys/api-key-created.ts'
import { emailChange } from './templates/accounts/email-change.ts'
import { emailChangeKnown } from './templates/accounts/email-change-known.ts'
import { erased } from './templates/accounts/erased.ts'
import { erasureRequested } from './templates/accounts/erasure-requested.ts'
import { erasureUndone } from './templates/accounts/erasure-undone.ts'
import { emailChanged } from './templates/accounts/email-changed.ts'
import { emailRestored } from './templates/accounts/email-restored.ts'
import { emailUndo } from './templates/accounts/email-undo.ts'
import { factorAdded } from './templates/factors/factor-added.ts'
import { factorRemoved } from './templates/factors/factor-removed.ts'
import { factorsReset } from './templates/factors/factors-reset.ts'
import { passkeyCounterBack } from './templates/factors/passkey-counter-back.ts'
import { recoveryCodeUsed } from './templates/factors/recovery-code-used.ts'
import { recoveryCodesRenewed } from './templates/factors/recovery-codes-renewed.ts'
import { secondFactorFailed } from './templates/factors/second-factor-failed.ts'
import { passwordChanged } from './templates/passwords/password-changed.ts'
import { paused } from './templates/recovery/paused.ts'
import { reset } from './templates/recovery/reset.ts'
import { resetByOperator } from './templates/recovery/reset-by-operator.ts'
import { resetBySupport } from './templates/recovery/reset-by-support.ts'
import { resetRequired } from './templates/recovery/reset-required.ts'
import { enrolCode } from './templates/sign-in/enrol-code.ts'
import { confirm } from './templates/sign-in/confirm.ts'
import { newDevice } from './templates/sign-in/new-device.ts'
import { refreshTokenReused } from './templates/sign-in/refresh-token-reused.ts'
import { signInLink } from './templates/sign-in/sign-in-link.ts'
import { signUpKnown } from './templates/sign-in/sign-up-known.ts'
import type { Locale } from './locale.ts'

/** Every kind of mail, by the name that its files have in an operator's folder. */
export const templates = {
  confirm,
  'sign-up-known': signUpKnown,
  reset,
  'reset-required': resetRequired,
  'password-changed': passwordChanged,
  'reset-by-support': resetBySupport,
  'reset-by-operator': resetByOperator,
  'email-change': emailChange,
  'email-change-known': emailChangeKnown,
  'email-changed': emailChanged,
  'email-undo': emailUndo,
  'email-restored': emailRestored,
  'erasure-requested': erasureRequested,
  'erasure-undone': erasureUndone,
  erased,
  'new-device': newDevice,
  'sign-in-link': signInLink,
  'enrol-code': enrolCode,
  paused,
  'factor-added': factorAdded,
  'factor-removed': factorRemoved,
  'recovery-codes-renewed': recoveryCodesRenewed,
  'recovery-code-used': recoveryCodeUsed,
  'factors-reset': factorsReset,
  'second-factor-failed': secondFactorFailed,
  'passkey-counter-back': passkeyCounterBack,
  'refresh-token-reused': refreshTokenReused,
  'api-key-created': apiKeyCreated,
} as const

/** The name of a kind of mail that is sent. */
export type SentTemplate = keyof typeof templates

/** The name of a kind of mail. */
export type TemplateName = SentTemplate | 'blank'

/** The values of a kind of mail. */
export type MailValues<T extends TemplateName> = T extends SentTemplate
  ? ValuesOf<(typeof templates)[T]>
  : Readonly<Record<string, never>>

/** A mail as a flow queues it. */
export type NewMail<T extends TemplateName = TemplateName> = T extends TemplateName
  ? {
      readonly template: T
      /** The address on record, never what was typed (H43). */
      readonly to: string
      readonly locale: Locale
      readonly values: MailValues<T>
      /**
       * Which share of the mails in an hour it may use (H13). Default: `unconfirmed`, the smallest
       * share. Notices use none.
       */
      readonly recipient?: Recipient
      /** The link that it contains, or that it stands for. A mail with a token must have it. */
      readonly oneTime?: OneTime | undefined
    }
  : never

/** A one-time link, which ends if its mail is not sent. */
export interface OneTime {
  readonly id: string
  /** Milliseconds that it lives, from the last try to send its mail. */
  readonly life: number
}

/** What is known of a recipient: whether the address is confirmed, and whether the browser is known. */
export type Recipient = 'unconfirmed' | 'confirmed' | 'known-device'
