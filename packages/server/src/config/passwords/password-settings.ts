/** What passwords must have, and what a new one ends. */
export interface PasswordSettings {
  /** Characters that a new password has at least. */
  readonly minLength: number
  /** Whether a reset by mail ends API keys too. */
  readonly resetEndsKeys: boolean
}
