/** What a token can stand on. */
export type CredentialKindName = 'session' | 'api-key' | 'delegation' | 'ticket'

/** One credential of an account, as the tree shows it. Points in time are RFC 3339 texts. */
export interface CredentialEntry {
  readonly id: string
  readonly kind: CredentialKindName
  /** The device of a session, the name of a key, the audience of an exchanged token, the address of a ticket. */
  readonly name: string | null
  /** The `client_id` of its tokens. */
  readonly client: string
  /** Null for all that the account has. */
  readonly scope: readonly string[] | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
  /** The credential from which it was made and with which it ends. */
  readonly parent: string | null
}
