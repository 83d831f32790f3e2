import { KeyhavenError } from '@keyhaven/core/errors'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import { sha256 } from '../secrets/hash.ts'
import { newSecret } from '../secrets/random.ts'
import { lockAccount, setPassword } from '../stores/accounts.ts'
import { setCookieHash } from '../stores/sessions.ts'
import type { LiveSession } from './access-claims.ts'
import { checkPassword } from './check-password.ts'
import { guessedOf, guessPassword } from './guess-password.ts'
import { writeSessionEnds, writeTokenEnds } from './end-session.ts'
import { renewLocked, valuesFor } from './renew-session.ts'
import type { RenewedSession, Renewing } from './renew-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'
import type { Rooms } from './rooms.ts'

export interface PasswordChange {
  readonly live: LiveSession
  readonly current: string
  readonly password: string
}

/** The session that stays, with its new credentials. */
export interface ChangedPassword {
  readonly sessionCookie: string
  readonly session: RenewedSession
}

/**
 * Changes the password: every other session ends, and the one that stays gets new credentials in the
 * same transaction, so that a database which fails then takes them from nobody.
 */
export async function changePassword(
  rooms: Revoking & Renewing & Pick<Rooms, 'passwords' | 'limits'>,
  { live, current, password }: PasswordChange,
  actor: Actor,
): Promise<ChangedPassword> {
  const { account, session } = live
  rooms.passwords.requireRoom('change')
  const guess = { account: guessedOf(account), address: actor.address }
  const proved = await guessPassword(rooms, guess, async () => {
    if (await rooms.passwords.verify('change', current, account.password_hash)) return account
    const of = { actor, account: account.id, session: session.id }
    await rooms.database.transact((moment) => record(moment, 'password.change_failed', of))
    return undefined
  })
  if (proved === undefined) {
    throw new KeyhavenError('invalid_credentials', { detail: 'The current password is not right.' })
  }
  checkPassword(rooms.rules, password, account)
  const hash = await rooms.passwords.hash('change', password)
  const sessionCookie = newSecret()
  const values = await valuesFor(rooms, live)
  const renewed = await revoking(rooms, async (moment) => {
    const { db } = moment
    const accountId = account.id
    // Of two changes at once one wins: what the other proved is no longer the password (S10)
    const now = await lockAccount(db, accountId)
    if (now?.credential_version !== account.credential_version) {
      throw new KeyhavenError('invalid_credentials', {
        detail: 'The password has just been changed.',
      })
    }
    await setPassword(db, accountId, hash)
    const sessions = await writeSessionEnds(
      moment,
      { accountId, keep: session.id },
      { code: 'session_ended', actor, reason: 'password changed' },
    )
    const tokens = await writeTokenEnds(moment, { accountId, sessionId: session.id })
    await setCookieHash(db, session.id, sha256(sessionCookie))
    await record(moment, 'password.changed', {
      actor,
      account: accountId,
      session: session.id,
      details: { ended: { sessions, tokens } },
    })
    return renewLocked(rooms, moment, { live, values, extend: true })
  })
  return { sessionCookie, session: renewed }
}
