import type {
  AccountView,
  ApiKeyView,
  DeviceEntry,
  FactorList,
  NewApiKey,
  RecoveryCodes,
  SessionEntry,
  TotpEnrolment,
} from '@keyhaven/core/wire'
import type { Result } from '../calls/results.ts'
import type { AuthState } from '../state/states.ts'
import type { StreamActs } from '../streams/open-stream.ts'

/** The password that is replaced, and the new one. */
export interface PasswordChange {
  readonly current: string
  readonly password: string
}

/** A second factor that is typed; a passkey is used by `@keyhaven/client/passkey`. */
export type SecondFactor =
  /** The code that an authenticator app shows. */
  { readonly totp: string } | { readonly recoveryCode: string }

/** The proof of a step-up. An account with a second factor must use that one. */
export type StepUp = { readonly password: string } | SecondFactor

/** What a sign-in by passkey begins with. */
export interface PasskeySignIn {
  /** E-mail address or user name, for a passkey that the browser can't list by itself. */
  readonly login?: string
  /** Stay signed in when the browser closes. */
  readonly remember?: boolean
  /** A name for this device. */
  readonly device?: string
}

/** Permission to set up a factor in a sign-in: the mailed code, if the code `mail_code_required` has asked for it. */
export interface Enrolment {
  readonly mailCode?: string
}

/** The first code of an authenticator app, which proves that it is set up. */
export interface TotpConfirmation {
  /** The id of the `TotpEnrolment`. */
  readonly id: string
  readonly code: string
}

/** Members of the account to change; `null` removes one. */
export interface ProfileChange {
  readonly name?: string | null
  readonly username?: string | null
  readonly profile?: Readonly<Record<string, unknown>> | null
  /** The language of mails: a tag such as `en` or `de-AT`. */
  readonly locale?: string | null
}

/** What a mail contains: the token of its link, or in the browser that requested the mail the code beside it. */
export type LinkProof = { readonly token: string } | { readonly code: string }

/** A confirmation of an address. Only the browser that signed up needs no password. */
export type EmailConfirmation = LinkProof & { readonly password?: string }

/**
 * The undo of a changed address, by the link in the mail to the former one. An account that had a second factor before
 * requires it: the code is `second_factor_required` without one.
 */
export interface EmailUndo {
  readonly token: string
  /** The code that an authenticator app shows. A passkey is used by `@keyhaven/client/passkey`. */
  readonly totp?: string
  readonly recoveryCode?: string
  /** Only end the sessions and stop resets by mail, if the second factor is not at hand. */
  readonly pause?: boolean
}

/** The denial of a sign-in, by the link in the mail about it, with the same second factor. */
export interface SignInDenial extends EmailUndo {
  /** End every session of the account, and let it sign in only with another password. */
  readonly everything?: boolean
}

/** What came of an undo: with `paused` the address stays, and support decides whose the account is. */
export interface Undone {
  readonly paused?: true
}

/** A sign-in by a mail. */
export type MailedSignIn = LinkProof & Omit<PasskeySignIn, 'login'>

/** A reset of a forgotten password. */
export type PasswordReset = LinkProof & { readonly password: string }

/** Acts on the sessions of a person. */
export interface SessionActs {
  /** The person's sessions on all devices: the first 50, or the next 50 after `cursor`. */
  readonly sessions: (
    cursor?: string,
  ) => Promise<Result<{ readonly items: readonly SessionEntry[]; readonly next: string | null }>>
  /** Ends the session with this id, or with `'others'` all other sessions of the person. */
  readonly endSession: (which: string) => Promise<Result>
  /**
   * Proves again who the person is, in the same session. Calls that wait for it, in any tab, are repeated. If the
   * account has a second factor and the proof is a password, the code is `second_factor_required`.
   */
  readonly stepUp: (proof: StepUp) => Promise<Result>
}

/** Acts on a person's own account, from its profile to its erasure. */
export interface PersonActs {
  /** Changes the password, which ends all other sessions of the person. */
  readonly changePassword: (change: PasswordChange) => Promise<Result>
  /** Changes name, user name, profile or the language of mails. */
  readonly updateProfile: (
    change: ProfileChange,
  ) => Promise<Result<{ readonly account: AccountView }>>
  /** Reads all that the service stores of the person, as a JSON file. Needs a recent proof of identity. */
  readonly exportAccount: () => Promise<Result<{ readonly file: File }>>
  /**
   * Erases the account at `erasesAt`, and ends every session of it now. A mail has the link that undoes it. Needs a
   * recent proof of identity.
   */
  readonly eraseAccount: () => Promise<Result<{ readonly erasesAt: string }>>
  /** Undoes an erasure by the link of that mail. The person then signs in as before. */
  readonly undoErasure: (undo: { readonly token: string }) => Promise<Result>
}

/** Acts that change the address of an account. */
export interface AddressActs {
  /**
   * Mails a link and a code to a new address, which counts once it is confirmed. Needs a recent proof of identity. The
   * result is the same if another account has the address.
   */
  readonly changeEmail: (change: { readonly email: string }) => Promise<Result>
  /**
   * Confirms a new address, in a session of its account; elsewhere the code is `link_elsewhere`. Every tab then shows
   * the new address.
   */
  readonly confirmEmailChange: (proof: LinkProof) => Promise<Result>
  /**
   * Brings a former address back by the link that it was mailed, without a session. Ends every session of the account,
   * and lets it sign in only with another password. `paused` if the account was paused instead.
   */
  readonly undoEmailChange: (undo: EmailUndo) => Promise<Result<Undone>>
}

/** Acts on the browsers that a person has signed in with. */
export interface DeviceActs {
  /** The browsers that the person has signed in with, the last used one first. */
  readonly devices: () => Promise<Result<{ readonly devices: readonly DeviceEntry[] }>>
  /** Forgets a browser: the next sign-in there is mailed as one of a new device. Needs a recent proof of identity. */
  readonly forgetDevice: (id: string) => Promise<Result>
  /** Ends a session that the person did not open, by the link in the mail about it, without a session. */
  readonly denySignIn: (denial: SignInDenial) => Promise<Result>
}

/** Acts of people who have no session: they confirm an address, or have forgotten their password. */
export interface RecoveryActs {
  /**
   * Confirms the address of a sign-up. The browser that signed up is signed in, which `state` shows. Any other browser
   * sets a password, and then signs in; without one the code is `password_required`.
   */
  readonly confirmEmail: (
    confirmation: EmailConfirmation,
  ) => Promise<Result<{ readonly state: AuthState }>>
  /** Mails the link that confirms an address again. The result says nothing of whether there is such a sign-up. */
  readonly requestConfirmation: (request: { readonly email: string }) => Promise<Result>
  /** Mails a link that resets a password. The result says nothing of whether there is such an account. */
  readonly requestPasswordReset: (request: { readonly email: string }) => Promise<Result>
  /** Sets another password by such a mail, which ends every session and opens none. */
  readonly resetPassword: (reset: PasswordReset) => Promise<Result>
}

/** Acts that complete a sign-in, or begin one without a password. Each may end with `second_factor_required`. */
export interface SignInActs {
  /**
   * Completes a sign-in that ended with `second_factor_required`. After five wrong factors, and when its time is over,
   * the code is `attempt_over`: the person begins again.
   */
  readonly completeSignIn: (factor: SecondFactor) => Promise<Result<{ readonly state: AuthState }>>
  /**
   * Begins to set up an authenticator app in a sign-in whose `second_factor_required` has `enrol`. On a browser that
   * the account does not know the code is `mail_code_required`: repeat it with the code of that mail.
   */
  readonly enrolTotp: (enrolment?: Enrolment) => Promise<Result<TotpEnrolment>>
  /** Confirms that app, which completes the sign-in. The recovery codes are shown once. */
  readonly confirmEnrolledTotp: (
    confirmation: TotpConfirmation,
  ) => Promise<Result<{ readonly state: AuthState } & RecoveryCodes>>
  /** Mails a link and a code that sign in. The result says nothing of whether there is such an account. */
  readonly signInByMail: (request: { readonly email: string }) => Promise<Result>
  /** Signs in by that mail, in the browser that requested it; elsewhere the code is `link_elsewhere`. */
  readonly confirmSignIn: (proof: MailedSignIn) => Promise<Result<{ readonly state: AuthState }>>
  /** Signs in by passkey alone: `passkeys(auth).signIn` of `@keyhaven/client/passkey`, loaded at its first call. */
  readonly signInWithPasskey: (
    begin?: PasskeySignIn,
  ) => Promise<Result<{ readonly state: AuthState }>>
}

/** Acts on the second factors of a person. All but `list` need a recent proof of identity. */
export interface FactorActs {
  /** The person's authenticator apps and passkeys, and how many recovery codes are left. */
  readonly list: () => Promise<Result<FactorList>>
  /** Begins to set up an authenticator app. Its secret is shown once. */
  readonly addTotp: () => Promise<Result<TotpEnrolment>>
  /** Makes that app a factor. The first factor of an account brings recovery codes, which are shown once. */
  readonly confirmTotp: (confirmation: TotpConfirmation) => Promise<Result<Partial<RecoveryCodes>>>
  /** Names a passkey. */
  readonly rename: (change: { readonly id: string; readonly name: string }) => Promise<Result>
  /**
   * Removes a factor, also a passkey, which the browser's password manager then forgets if it can. `conflict` for the
   * last factor of an account that needs one.
   */
  readonly remove: (factor: { readonly id: string }) => Promise<Result>
  /** Replaces the recovery codes. The new ones are shown once. */
  readonly renewRecoveryCodes: () => Promise<Result<RecoveryCodes>>
}

/** An API key that a user wants. */
export interface WantedApiKey {
  readonly name: string
  /** Scopes of the user; all that a key can have if left out. */
  readonly scope?: readonly string[]
  /** The APIs at which it works, such as `https://api.example`. */
  readonly audience?: readonly string[]
  /** Seconds until it ends. */
  readonly expiresIn?: number
  /** The networks from which it works, such as `192.0.2.0/24`. */
  readonly addresses?: readonly string[]
}

/** Acts on the API keys of a person. */
export interface ApiKeyActs {
  /** The person's keys, without their secrets: the first 50, or the next 50 after `cursor`. */
  readonly list: (
    cursor?: string,
  ) => Promise<Result<{ readonly items: readonly ApiKeyView[]; readonly next: string | null }>>
  /** Makes a key. Its secret is in this result and in no other. Needs a recent proof of identity. */
  readonly create: (wanted: WantedApiKey) => Promise<Result<{ readonly apiKey: NewApiKey }>>
  /** Ends a key, and all that was made from it. */
  readonly remove: (key: { readonly id: string }) => Promise<Result>
}

/** What programs and elements of a page use in place of the person's session. */
export interface AccessActs {
  /** The person's API keys. */
  readonly apiKeys: ApiKeyActs
  /**
   * An address of an API with a ticket: for an image, a download or a socket, to which a page can add no header. Use it
   * within a minute; the ticket opens only this address.
   */
  readonly ticketUrl: (url: string | URL) => Promise<Result<{ readonly url: string }>>
}

/** Acts that few pages need. Their code is loaded at the first call of one of them. */
export interface AccountActs
  extends SessionActs,
    PersonActs,
    AddressActs,
    DeviceActs,
    RecoveryActs,
    SignInActs,
    StreamActs,
    AccessActs {
  /** The person's second factors. */
  readonly factors: FactorActs
}
