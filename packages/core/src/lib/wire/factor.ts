/** A kind of proof that a sign-in or a step-up accepts beside the password. */
export type FactorName = 'totp' | 'passkey' | 'recovery_code'

/** A factor that can be set up. */
export type FactorKind = 'totp' | 'passkey'

/** A factor of an account, as its owner sees it. Points in time are RFC 3339 texts. */
export interface FactorEntry {
  readonly id: string
  readonly kind: FactorKind
  /** As its owner named it. */
  readonly name: string | null
  /** The credential id of a passkey, base64url. */
  readonly passkeyId?: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

/** All factors of an account. */
export interface FactorList {
  readonly items: readonly FactorEntry[]
  /** How many recovery codes are left. */
  readonly recoveryCodes: number
  /** What a browser needs to forget passkeys that are no longer listed. */
  readonly passkeys: PasskeyScope
}

/** Whose passkeys are meant: the domain that they belong to, and the user handle, base64url. */
export interface PasskeyScope {
  readonly rpId: string
  readonly userId: string
}

/** A factor that was added; the first one brings recovery codes. */
export interface AddedFactor extends FactorEntry, Partial<RecoveryCodes> {}

/** Members of `second_factor_required`: what continues the sign-in that this browser has begun. */
export interface AttemptFacts {
  /** The factors that the account has; empty if one must be set up. */
  readonly factors: readonly FactorName[]
  /** What may be set up to go on, if the account has no factor and needs one. */
  readonly enrol?: readonly FactorKind[]
  /** Seconds for which the sign-in can be continued. */
  readonly expiresIn: number
}

/** An authenticator app that is being set up. Its secret is shown once. */
export interface TotpEnrolment {
  readonly id: string
  /** Base32, to be typed. */
  readonly secret: string
  /** `otpauth:` URL. */
  readonly uri: string
  /** The same as a QR code: the text of an SVG image. */
  readonly qr: string
}

/** Recovery codes, shown once. */
export interface RecoveryCodes {
  readonly recoveryCodes: readonly string[]
}
