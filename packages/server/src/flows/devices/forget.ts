import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { forgetDevice } from '../../stores/devices.ts'
import type { Context } from '../context.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'

/**
 * Forgets a browser of the caller's account: its next sign-in is one of a new device. Sessions stay.
 * @throws KeyhavenError `not_found`, also for a browser of another account.
 */
export function forgetOneDevice(
  { database }: Pick<Context, 'database'>,
  { live, id }: { readonly live: LiveSession; readonly id: string },
  actor: Actor,
): Promise<void> {
  return database.transact(async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    if (!(await forgetDevice(moment.db, account, id))) throw new KeyhavenError('not_found')
    const of = { actor, account: account.id, session: session.id, details: { device: id } }
    await happened(moment, 'device.forgotten', of)
  })
}
