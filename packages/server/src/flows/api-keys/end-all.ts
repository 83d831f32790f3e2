import type { Actor } from '../../events/happened.ts'
import { lockAccounts } from '../../stores/accounts.ts'
import { endableKeys } from '../../stores/credentials/api-keys.ts'
import { lockEndable } from '../../stores/credentials/credentials.ts'
import { endCredentials } from '../credentials/end.ts'
import type { CredentialEnd } from '../credentials/end.ts'
import { appending } from '../revocation/revoking.ts'
import type { Appending, RevokingMoment } from '../revocation/revoking.ts'

/** Keys that end in one transaction. */
const BATCH = 100

/** Ends the API keys of all accounts, with what was made from them. @returns how many. */
export async function endAllApiKeys(context: Appending, actor: Actor): Promise<number> {
  let count = 0
  for (;;) {
    const { result } = await appending(context, (moment) => endSome(moment, actor))
    if (result === 0) return count
    count += result
  }
}

async function endSome(moment: RevokingMoment, actor: Actor): Promise<number> {
  const { db } = moment
  const keys = await endableKeys(db, BATCH)
  if (keys.length === 0) return 0
  const accounts = await lockAccounts(db, [...new Set(keys.map(({ accountId }) => accountId))])
  const ends: CredentialEnd[] = []
  for (const { id, accountId } of keys) {
    const account = accounts.find((one) => one.id === accountId)
    const credential = account && (await lockEndable(db, account, id))
    const reason = 'the database was restored'
    if (credential !== undefined) ends.push({ credential, actor, reason })
  }
  await endCredentials(moment, 'session_ended', ends)
  return keys.length
}
