import { applicationClaims } from './application-claims.ts'
import { prepareAccount, writeAccount } from './create-account.ts'
import type { NewAccount } from './create-account.ts'
import { writeSessionEnd } from './end-session.ts'
import { openSession } from './open-session.ts'
import type { OpenedSession } from './open-session.ts'
import type { Rooms } from './rooms.ts'

/** What a person tells of herself; roles are not hers to choose. */
export interface SignUp extends Omit<NewAccount, 'roles' | 'emailVerified'> {
  readonly former?: string | undefined
}

/** Creates an account and signs it in: the way without e-mail verification. */
export async function signUp(rooms: Rooms, { former, ...input }: SignUp): Promise<OpenedSession> {
  const prepared = await prepareAccount(rooms, input)
  const values = await applicationClaims(rooms, { ...prepared.account, created_at: 0 })
  const { opened, ended } = await rooms.database.transact(async (moment) => {
    const account = await writeAccount(moment, prepared)
    const ended = former && (await writeSessionEnd(moment, former))
    const opening = { account, facts: { amr: ['pwd'] }, values }
    return { opened: await openSession(rooms, moment, opening), ended }
  })
  if (ended) rooms.revocations.add(ended)
  return opened
}
