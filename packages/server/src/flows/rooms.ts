import type { KeySet, SigningKey } from '@keyhaven/core'
import type { AnyAccess } from '@keyhaven/core/access'
import type { Revocations } from '@keyhaven/guard'
import type { Lifetimes } from '../config/lifetimes.ts'
import type { Database } from '../database/database.ts'
import type { Passwords } from '../secrets/passwords.ts'

/** The keys of this installation, opened at start. */
export interface Keys {
  readonly signing: SigningKey
  readonly set: KeySet
  /** What is published (RFC 7517). */
  readonly jwks: { readonly keys: readonly object[] }
  readonly xsrf: Uint8Array
}

/** The settings that decide what a flow does. */
export interface Rules {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly lifetimes: Lifetimes
  readonly access: AnyAccess
  readonly passwordMinLength: number
}

/** Everything that flows are given; each names the few that it needs. */
export interface Rooms {
  readonly rules: Rules
  readonly database: Database
  readonly passwords: Passwords
  readonly keys: Keys
  /** This process's copy of the revocations: what counts at once. */
  readonly revocations: Revocations
}
