/** The refresh tokens of one native session: only which of them is the current one is stored. */
export interface RefreshFamilyTable {
  credential_id: string
  /** 128 random bits that every refresh token of the family contains, base64url. */
  family: string
  /** The number of the current refresh token, from 0. */
  generation: number
  /** When the one before was used, in milliseconds since 1970; null before the first use. */
  rotated_at: number | null
}
