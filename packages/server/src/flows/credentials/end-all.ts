import type { Locked } from '../../database/locked.ts'
import type { Account } from '../../stores/accounts.ts'
import { endableCredentials } from '../../stores/credentials/credentials.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { countsOf, endCredentials } from './end.ts'
import type { CredentialEnd, Ending } from './end.ts'
import type { CredentialEvent, CredentialKind, EndedCounts } from './kinds.ts'

/** Which credentials of a locked account end. */
export interface Affected {
  readonly account: Locked<Account>
  /** Those of each kind that this event ends, or that this function chooses. */
  readonly by: CredentialEvent | ((kind: CredentialKind) => boolean)
  /** The one that stays. */
  readonly keep?: string | undefined
}

/** Ends credentials of a locked account, with what was made from them. @returns how many. */
export async function endAll(
  moment: RevokingMoment,
  affected: Affected,
  { code, ...ending }: Ending,
): Promise<EndedCounts> {
  const ends = await affectedEnds(moment, affected, ending)
  return countsOf(moment.kinds, await endCredentials(moment, code, ends))
}

/** The ends of what is affected, for a flow that writes its own entries. */
export async function affectedEnds(
  { db, kinds }: RevokingMoment,
  { account, by, keep }: Affected,
  ending: Omit<Ending, 'code'>,
): Promise<CredentialEnd[]> {
  const all = await endableCredentials(db, account)
  const ends = (kind: CredentialKind): boolean =>
    typeof by === 'function' ? by(kind) : kind.at[by] === 'ends'
  return all
    .filter(({ id, kind }) => id !== keep && ends(kinds.of(kind)))
    .map((credential) => ({ credential, ...ending }))
}
