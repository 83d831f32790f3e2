import type { Database } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import { lockInstallation } from '../../stores/installation.ts'
import { lowerTime, raiseTime } from '../../stores/kept-time.ts'
import { writeNewKey } from '../keys/rotate.ts'
import type { Context, ContextPart } from '../context.ts'

/**
 * Stores the trusted time in the database, for processes that start later.
 * @returns the time up to which rows may be purged; `undefined` while the clock is not trusted.
 */
export async function keepTime(database: Database): Promise<number | undefined> {
  if (!database.time.state().trusted) return undefined
  const kept = await database.transact(async (moment) =>
    moment.trusted ? Math.min(await raiseTime(moment), moment.now) : undefined,
  )
  if (kept !== undefined) database.time.keep(kept)
  return kept
}

/**
 * Milliseconds that time may go back without needing a purged entry: entries are kept for 60 s
 * after the last token that they match, and a token is accepted for 5 s after its expiry.
 */
const HARMLESS = 50_000

/**
 * Uses the time of a clock that was set back. Purged entries may be missing for tokens that are
 * valid again at that time, so every key is withdrawn: sessions stay and get new tokens.
 * @returns how many keys were withdrawn; 0 if another process did it before.
 */
export async function setTimeBack(
  {
    database,
    keys: { signing },
    revocations: { follow },
  }: Pick<Context, 'database'> &
    ContextPart<'keys', 'signing'> &
    ContextPart<'revocations', 'follow'>,
  back: number,
): Promise<number> {
  const { box, alg } = signing
  const withdrawn = await database.append(async (moment) => {
    const installation = await lockInstallation(moment.db)
    const known = await lowerTime(moment.db, installation, back)
    if (known === undefined || known - back <= HARMLESS) return []
    const then = { ...moment, now: back }
    const { kid, withdrawn } = await writeNewKey(then, installation, {
      box,
      alg,
      emergency: true,
    })
    const details = { kid, emergency: true, withdrawn }
    await happened(then, 'keys.rotated', { actor: {}, reason: 'the clock was set back', details })
    return withdrawn
  })
  database.wake()
  // The withdrawn keys are applied here before their tokens would be valid again
  await follow()
  database.time.keep(back)
  database.time.goBack()
  return withdrawn.length
}
