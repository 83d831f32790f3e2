import type { FactorName } from './factor.ts'

/** The status of an account. A locked or disabled account can't be used, and has no sessions. */
export type AccountStatus = 'active' | 'unverified' | 'locked' | 'disabled'

/** A person's account, as that person sees it. Applications store `id`, which outlives a change of address. */
export interface AccountView {
  readonly href: string
  readonly id: string
  readonly email: string
  readonly emailVerified: boolean
  readonly username?: string
  readonly name?: string
  readonly profile?: Readonly<Record<string, unknown>>
  /** A language tag, if one was set: the language of mails. */
  readonly locale?: string
  readonly status: AccountStatus
}

/** An account as administrators see it. */
export interface AdministeredAccount extends AccountView {
  /** In alphabetical order. */
  readonly roles: readonly string[]
  readonly createdAt: string
  /** `null` if the account never signed in. */
  readonly lastSignInAt: string | null
  /** Why the account has its status, as the operator wrote it. */
  readonly statusReason: string | null
  /** The kinds of second factors with which its user can sign in. */
  readonly factors: readonly FactorName[]
  /** When the account is erased; absent if it stays. */
  readonly erasesAt?: string
}
