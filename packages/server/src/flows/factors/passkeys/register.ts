import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import { newId } from '../../../secrets/random.ts'
import type { Account } from '../../../stores/accounts.ts'
import { challengeOf, useChallenge } from '../../../stores/factors/challenges.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { findPasskey, insertFactor } from '../../../stores/factors/factors.ts'
import type { Factor } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'
import { issueRecoveryCodes } from '../recovery-codes/issue.ts'
import { refuseMore } from '../refuse-more.ts'
import { isInvented } from './invented.ts'
import { readRegistration } from './registration.ts'
import { verifyRegistration } from './verify-registration.ts'

/** A new passkey, and the challenge that it must answer. */
export interface PasskeyRegistration {
  readonly response: PasskeyResponse
  readonly subject: ChallengeSubject
}

/** What a passkey is stored with. */
export interface PasskeyOwner {
  readonly account: Locked<Account>
  readonly name: string | null
  /** The session in which it is added, if one is open. */
  readonly sessionId: string | null
}

/** A passkey that was added. */
export interface AddedPasskey {
  readonly factor: Factor
  /** Ten if it is the first factor. */
  readonly recoveryCodes: readonly string[] | undefined
}

/** A right new passkey, to be added in a transaction that has locked its account. */
export interface CheckedRegistration {
  /**
   * @throws KeyhavenError `conflict` if a passkey has its credential id, or the account has 25 factors;
   * `invalid_credentials` if another answer was first.
   */
  readonly add: (moment: Moment, owner: PasskeyOwner) => Promise<AddedPasskey>
}

/**
 * Checks a new passkey outside of any transaction.
 * @throws KeyhavenError `invalid_credentials` for a wrong one.
 */
export async function checkRegistration(
  { database, keys, settings }: Pick<Context, 'database' | 'keys' | 'settings'>,
  { response, subject }: PasskeyRegistration,
): Promise<CheckedRegistration> {
  const answer = readRegistration(response)
  const challenge = answer && (await database.read((moment) => challengeOf(moment, subject)))
  const verified = challenge && (await verifyRegistration(settings.factors, answer, challenge))
  if (!verified) throw wrong()
  const { passkeyId, publicKey, counter, about } = verified
  return {
    add: async (moment, { account, name, sessionId }) => {
      const { db, now } = moment
      if (!(await useChallenge(moment, subject, challenge))) throw wrong()
      const isUsed = (await findPasskey(db, passkeyId)) !== undefined
      // An invented one is answered like one of another account (H48)
      if (isUsed || isInvented(keys, passkeyId)) {
        throw new KeyhavenError('conflict', {
          detail: 'This passkey is already in use here. Choose another one.',
        })
      }
      const { isFirst } = await refuseMore(db, account)
      const row = {
        id: newId('fac'),
        kind: 'passkey',
        name,
        secret: publicKey,
        passkey_id: passkeyId,
        counter,
        about: JSON.stringify(about),
        session_id: sessionId,
        created_at: now,
        confirmed_at: now,
        last_used_at: null,
      } as const
      await insertFactor(db, account, row)
      return {
        factor: { ...row, account_id: account.id },
        recoveryCodes: isFirst ? await issueRecoveryCodes({ keys }, moment, account) : undefined,
      }
    },
  }
}

function wrong(): KeyhavenError {
  return new KeyhavenError('invalid_credentials', {
    detail: 'The passkey could not be checked. Begin again.',
  })
}
