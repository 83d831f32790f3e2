import type { AnyAccess } from '@keyhaven/core/access'
import type { FactorSettings } from '../config/factors/factor-settings.ts'
import type { Lifetimes } from '../config/lifetimes.ts'
import type { PasswordSettings } from '../config/passwords/password-settings.ts'

/** The settings that decide what flows do. */
export interface FlowSettings {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly lifetimes: Lifetimes
  /** Seconds for which a proof of identity is fresh. */
  readonly stepUp: number
  readonly access: AnyAccess
  readonly factors: FactorSettings
  readonly passwords: PasswordSettings
  /** Whether a sign-up must confirm its address. */
  readonly emailVerification: 'on' | 'off'
  /** Seconds from the request to erase an account until it is erased. */
  readonly eraseAfter: number
  /** Whether a readable cookie with the page's claims is set with each token. */
  readonly cookies: { readonly claims: boolean }
  /** Seconds for which a guard may use an old copy of the revocations. */
  readonly maxStaleness: number
  readonly mail: FlowMailSettings
}

/** What flows know of mails. */
interface FlowMailSettings {
  /** The URL below which their links lead. */
  readonly pages: string
  /** Whether a sign-in on a new device is mailed (H53). */
  readonly notices: boolean
  /** Whether a person may sign in by mail. */
  readonly signIn: boolean
}
