import type { AppliedMark } from '@keyhaven/core/wire'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { findFormerLog } from '../../stores/installation.ts'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import type { Context, ContextPart } from '../context.ts'

type Needs = Pick<Context, 'database'> &
  ContextPart<'listeners', 'reports' | 'guards'> &
  ContextPart<'revocations', 'follow'> &
  ContextPart<'tools', 'clock' | 'log'>

/** The position that a guard reports as applied. */
export interface Claim extends AppliedMark {
  readonly guard: KnownGuard
}

/**
 * Notes the position that a guard has applied. One ahead of the log is recorded, and has no other
 * effect.
 */
export async function noteApplied(context: Needs, claim: Claim, actor: Actor): Promise<void> {
  const { guard, log, seq } = claim
  const ahead = await isAhead(context, claim)
  const now = context.tools.clock.now()
  const mustRecord = context.listeners.reports.take(guard.id, { log, seq, ahead, now })
  if (mustRecord) await reportAhead(context, claim, actor)
}

/** Whether a guard reports entries that no log of this database has. */
export async function isAhead(
  { database, revocations: { follow }, listeners: { guards: guardListeners } }: Needs,
  claim: AppliedMark,
): Promise<boolean> {
  const { log, seq } = claim
  if (log === guardListeners.at.log)
    return seq > guardListeners.at.seq && seq > (await follow()).seq
  const former = await database.read(({ db }) => findFormerLog(db, log))
  return former === undefined && log !== (await follow()).log
}

async function reportAhead(
  context: Needs,
  { guard, log, seq }: Claim,
  actor: Actor,
): Promise<void> {
  const holds = context.listeners.guards.at
  context.tools.log.warn(
    { guard: guard.name, claims: { log, seq }, holds: { log: holds.log, seq: holds.seq } },
    'a guard reports entries that the log does not have: if the database was restored from a backup, run `keyhaven restored`',
  )
  const details = { guard: guard.name, log, seq, newest: holds.seq }
  await context.database.transact((moment) => happened(moment, 'guard.ahead', { actor, details }))
}
