import type { FactorEntry, RecoveryCodes } from '@keyhaven/core/wire'
import type {
  EmailUndo,
  Enrolment,
  FactorActs,
  PasskeySignIn,
  SignInDenial,
  Undone,
} from '../account/account-acts.ts'
import type { Result } from '../calls/results.ts'
import type { Autofill } from './autofill.ts'
import type { AuthState } from '../state/states.ts'

/** What a new passkey begins with. */
export interface Registration {
  /** A name for it; its user can change it later. */
  readonly name?: string
}

/**
 * Ceremonies with passkeys. A page has one at a time: a new one ends the former, whose code is then
 * `passkey_replaced`.
 */
export interface Passkeys extends Pick<FactorActs, 'rename' | 'remove'> {
  /** Whether this browser has passkeys at all, in this page. */
  readonly isSupported: () => boolean
  /**
   * Makes a passkey a factor of the person. Needs a recent proof of identity. The first factor of an account brings
   * recovery codes, which are shown once. `passkey_exists` if the device has one already.
   */
  readonly register: (
    registration?: Registration,
  ) => Promise<Result<{ readonly passkey: FactorEntry } & Partial<RecoveryCodes>>>
  /** Signs in by passkey alone. Without `login` the browser lists the passkeys of this site. */
  readonly signIn: (begin?: PasskeySignIn) => Promise<Result<{ readonly state: AuthState }>>
  /**
   * Offers passkeys among the suggestions of an input with `autocomplete="username webauthn"`, and waits until the
   * person chooses one, or the signal fires. `passkey_unsupported` if the browser can't.
   */
  readonly autofill: (begin: Autofill) => Promise<Result<{ readonly state: AuthState }>>
  /** Completes a sign-in that ended with `second_factor_required`. */
  readonly completeSignIn: () => Promise<Result<{ readonly state: AuthState }>>
  /** Sets up a passkey in a sign-in whose `second_factor_required` has `enrol`, and completes it. */
  readonly enrol: (
    enrolment?: Registration & Enrolment,
  ) => Promise<Result<{ readonly state: AuthState } & RecoveryCodes>>
  /** Proves again who the person is, in the same session. Calls that wait for it, in any tab, are repeated. */
  readonly stepUp: () => Promise<Result>
  /** Denies a sign-in by the link in the mail about it, of an account that had a passkey before. */
  readonly denySignIn: (denial: Pick<SignInDenial, 'token' | 'everything'>) => Promise<Result>
  /** Brings a former address back by the link that it was mailed, for an account that had a passkey before. */
  readonly undoEmailChange: (undo: Pick<EmailUndo, 'token'>) => Promise<Result<Undone>>
}
