import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Method } from '../../model/sign-in/amr.ts'
import type { FactorProof } from '../../model/sign-in/factor-proof.ts'
import type { Account } from '../../stores/accounts.ts'
import type { ChallengeSubject } from '../../stores/factors/challenges.ts'

/** A proof, whose it must be, and which challenge a passkey must have signed. */
export interface FactorCheck<P extends FactorProof = FactorProof> {
  readonly accountId: string
  readonly proof: P
  readonly subject: ChallengeSubject
}

/** A right proof, which is not used up yet. */
export interface CheckedFactor {
  readonly methods: readonly Method[]
  /** The factor; `undefined` for a recovery code. */
  readonly factorId: string | undefined
  /**
   * Uses the proof up in a transaction that has locked the account. Of several uses of one proof
   * exactly one succeeds.
   * @returns false if another was first, or the factor is gone.
   */
  readonly use: (moment: Moment, account: Locked<Account>) => Promise<boolean>
}
