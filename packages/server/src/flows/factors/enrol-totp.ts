import type { TotpEnrolment } from '@keyhaven/core/wire'
import type { LiveSession } from '../../model/access-claims.ts'
import type { Actor } from '../../events/happened.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { factorChanged } from './changed.ts'
import { beginTotp } from './totp/begin.ts'
import { confirmTotp, wrongCode } from './totp/confirm.ts'

/** Begins to set up an authenticator app in a session. */
export async function enrolTotp(context: Context, live: LiveSession): Promise<TotpEnrolment> {
  return context.database.transact(async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    return beginTotp(context, moment, { account, sessionId: session.id })
  })
}

/** The enrolment and the first code of the app. */
export interface TotpProof {
  readonly live: LiveSession
  readonly id: string
  readonly code: string
}

/**
 * Confirms an authenticator app in a session.
 * @returns ten recovery codes if it is the first factor.
 */
export async function confirmEnrolledTotp(
  context: Context,
  { live, id, code }: TotpProof,
  actor: Actor,
): Promise<{ readonly recoveryCodes?: readonly string[] }> {
  const confirmed = await revoking(context, async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    const made = await confirmTotp(context, moment, { account, id, code })
    if (made === undefined) return undefined
    const change = {
      event: 'factor.added',
      actor,
      account,
      session: session.id,
      factor: { id, kind: 'totp' },
      recoveryCodes: made.recoveryCodes?.length,
    } as const
    await factorChanged(context, moment, change)
    return made
  })
  if (confirmed === undefined) throw wrongCode()
  const { recoveryCodes } = confirmed
  return recoveryCodes === undefined ? {} : { recoveryCodes }
}
