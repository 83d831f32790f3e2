import { KeyhavenError } from '@keyhaven/core/errors'
import type { AddedFactor, FactorEntry } from '@keyhaven/core/wire'
import type { Actor } from '../../events/happened.ts'
import { happened } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import type { PasskeyResponse } from '../../model/sign-in/factor-proof.ts'
import type { ChallengeSubject } from '../../stores/factors/challenges.ts'
import { findFactor, nameFactor } from '../../stores/factors/factors.ts'
import { viewFactor } from '../../views/factor.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { factorChanged } from './changed.ts'
import { creationOptions } from './passkeys/creation-options.ts'

/** The challenge of a registration belongs to its session. */
const subjectOf = ({ session }: LiveSession): ChallengeSubject => ({
  subject_id: session.id,
  purpose: 'registration',
})

/** Begins to add a passkey in a session. @returns the options of `navigator.credentials.create`. */
export async function enrolPasskey(
  context: Context,
  live: LiveSession,
): Promise<Record<string, unknown>> {
  return context.database.transact(async (moment) => {
    const { account } = await lockLiveSession(moment, live)
    return creationOptions(context, moment, { account, subject: subjectOf(live) })
  })
}

/** A new passkey, the session in which it is added, and its name. */
export interface NewPasskey {
  readonly live: LiveSession
  readonly response: PasskeyResponse
  readonly name: string | null
}

/** Adds a passkey in a session. The first factor brings recovery codes. */
export async function addPasskey(
  context: Context,
  { live, response, name }: NewPasskey,
  actor: Actor,
): Promise<AddedFactor> {
  const { checkRegistration } = await import('./passkeys/verify.ts')
  const checked = await checkRegistration(context, { response, subject: subjectOf(live) })
  return revoking(context, async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    const added = await checked.add(moment, { account, name, sessionId: session.id })
    const { factor, recoveryCodes } = added
    const { id, kind } = factor
    const change = {
      event: 'factor.added',
      actor,
      account,
      session: session.id,
      factor: { id, kind },
      recoveryCodes: recoveryCodes?.length,
    } as const
    await factorChanged(context, moment, change)
    return { ...viewFactor(factor), ...(recoveryCodes && { recoveryCodes }) }
  })
}

/** A passkey of a session's account, and another name for it. */
export interface PasskeyName {
  readonly live: LiveSession
  readonly id: string
  readonly name: string | null
}

/** Names a passkey. @throws KeyhavenError `not_found` if the account has none with this id. */
export async function namePasskey(
  context: Context,
  { live, id, name }: PasskeyName,
  actor: Actor,
): Promise<FactorEntry> {
  return context.database.transact(async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    const found = await findFactor(moment.db, { accountId: account.id, id })
    if (found?.kind !== 'passkey' || !(await nameFactor(moment.db, account, { id, name }))) {
      throw new KeyhavenError('not_found')
    }
    await happened(moment, 'factor.renamed', {
      actor,
      account: account.id,
      session: session.id,
      details: { factor: id },
    })
    return viewFactor({ ...found, name })
  })
}
