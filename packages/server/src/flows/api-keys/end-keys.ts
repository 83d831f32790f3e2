import type { Locked } from '../../database/locked.ts'
import type { Account } from '../../stores/accounts.ts'
import { chosenKeys } from '../../stores/credentials/api-keys.ts'
import type { KeyChoice } from '../../stores/credentials/api-keys.ts'
import { endCredentials } from '../credentials/end.ts'
import type { Ending } from '../credentials/end.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'

/** A locked account, and which of its keys end. */
interface Chosen {
  readonly account: Locked<Account>
  readonly choice: KeyChoice
}

/** Ends API keys that another person may have made. @returns how many. */
export async function endKeys(
  moment: RevokingMoment,
  { account, choice }: Chosen,
  { code, ...ending }: Ending,
): Promise<number> {
  const keys = await chosenKeys(moment.db, account, choice)
  const ends = keys.map((credential) => ({ credential, ...ending }))
  await endCredentials(moment, code, ends)
  return keys.length
}
