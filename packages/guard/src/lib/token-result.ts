import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'

/** A token that is good now, or why not. `needsKeys`: its key may be new at the issuer. */
export type TokenResult =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly reason: string
      readonly needsKeys?: boolean
    }
