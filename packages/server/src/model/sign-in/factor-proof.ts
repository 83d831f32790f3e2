/** A second factor as a request sends it. */
export type FactorProof =
  | { readonly totp: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: PasskeyResponse }

/** The answer of an authenticator, as the browser's `toJSON()` makes it. Its form is not checked yet. */
export type PasskeyResponse = Readonly<Record<string, unknown>>
