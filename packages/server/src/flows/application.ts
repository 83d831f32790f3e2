import type { ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'

/** Application claims with their values. */
export type Values = Readonly<Record<string, unknown>>

/** What the application adds to tokens: declared claims, and the hook that gives their values. */
export interface Application {
  readonly claims: ClaimsModule
  readonly claimsFor: ((account: AccountView) => unknown) | undefined
}
