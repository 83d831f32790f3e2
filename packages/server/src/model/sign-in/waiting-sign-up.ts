/** What a sign-up that waits for its confirmation stores: no account exists yet. */
export interface WaitingSignUp {
  readonly email: string
  readonly username: string | null
  readonly name: string | null
  /** JSON object. */
  readonly profile: string | null
  /** PHC string. */
  readonly passwordHash: string
}
