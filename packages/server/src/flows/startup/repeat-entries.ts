import type { SigningAlgorithm } from '@keyhaven/core'
import { enqueue, happened } from '../../events/happened.ts'
import type { Moment } from '../../database/database.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { newTokenId } from '../../secrets/random.ts'
import { lockAccount, removeRole, requireReset, setEra, setStatus } from '../../stores/accounts.ts'
import { insertErasure } from '../../stores/personal-data/erasures.ts'
import { deleteGuard } from '../../stores/guards.ts'
import { deleteMachine, lockMachine } from '../../stores/machines.ts'
import {
  findFact,
  findFormerLog,
  lockInstallation,
  putFormerLog,
} from '../../stores/installation.ts'
import { signingKeys, withdrawKeys } from '../../stores/keys.ts'
import type { Effect } from '../../stores/revocation-effects.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { findEndable, lockEndable } from '../../stores/credentials/credentials.ts'
import { replaceLog } from './declare-restored.ts'
import { affectedEnds, endAll } from '../credentials/end-all.ts'
import { markEnds } from '../credentials/end.ts'
import { writeTokenEnds } from '../tokens/write-ends.ts'
import { writeNewKey } from '../keys/rotate.ts'
import { appending } from '../revocation/revoking.ts'
import type { Appending, RevokingMoment } from '../revocation/revoking.ts'

/** What a process needs to append lost entries again. */
export interface Repeating extends Appending {
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

/** Entries that this process has read of a log and that the database has since lost. */
export interface Lost {
  /** The log that they were in. */
  readonly log: string
  /** The number of the newest entry that the database kept. */
  readonly kept: number
  /** The number of the newest entry that this process has read. */
  readonly read: number
  /** Every entry between the two. */
  readonly entries: readonly Revocation[]
}

/** Entries appended in one transaction. */
const BATCH = 100

/**
 * Appends entries that a failover has lost, and repeats their effects: ended sessions, locks,
 * changed passwords, removed roles, keys and machines. The database begins a new log, so guards get a
 * snapshot and keep the entries of both.
 * @returns whether this process began the new log; another may have been first.
 */
export async function repeatEntries(context: Repeating, lost: Lost): Promise<boolean> {
  const began = await beginLog(context, lost)
  await repeatAll(context, lost.entries)
  await context.database.transact(async (moment) => {
    const { db } = moment
    const installation = await lockInstallation(db)
    const former = await findFormerLog(db, lost.log)
    if (former?.lost === undefined) return
    const repeated = Math.max(former.lost.repeated, lost.read)
    const noted = { ...former, lost: { ...former.lost, repeated } }
    await putFormerLog(db, installation, { log: lost.log, ...noted })
    // What was repeated meanwhile, other processes may have read before
    await enqueue(moment, 'database.writes_lost')
  })
  context.database.wake()
  return began
}

/**
 * Appends acknowledged entries that no process had read, and repeats their effects. The log
 * continues.
 */
export async function repeatUnread(
  context: Repeating,
  entries: readonly Revocation[],
): Promise<void> {
  await repeatAll(context, entries)
  await context.database.transact(async (moment) => {
    await lockInstallation(moment.db)
    const details = { log: await findFact(moment.db, 'log'), repeated: entries.length }
    await happened(moment, 'database.writes_lost', { actor: {}, reason: UNREAD, details })
  })
  context.database.wake()
}

const UNREAD = 'without what this process has acknowledged'

async function repeatAll(context: Repeating, entries: readonly Revocation[]): Promise<void> {
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH)
    await appending(context, async (moment) => {
      for (const entry of batch) await repeat(context, moment, entry)
    })
  }
}

function beginLog({ database }: Repeating, { log, kept, entries }: Lost): Promise<boolean> {
  return database.transact(async (moment) => {
    const installation = await lockInstallation(moment.db)
    if ((await findFact(moment.db, 'log')) !== log) return false
    const next = await replaceLog(moment, installation, {
      log,
      lost: { kept, repeated: kept },
    })
    const details = { formerLog: log, log: next, kept, repeated: entries.length }
    const reason = 'behind what this process has read of it'
    await happened(moment, 'database.writes_lost', { actor: {}, reason, details })
    return true
  })
}

async function repeat(
  context: Repeating,
  moment: RevokingMoment,
  entry: Revocation,
): Promise<void> {
  const { seq: _former, ...again } = entry
  if (entry.kind === 'kid') await withdrawAgain(context, moment, entry.id)
  if (entry.kind === 'sid' || entry.kind === 'client_id') await endAgain(moment, entry)
  if (entry.effect !== undefined) await doAgain(moment, entry, entry.effect)
  await moment.revoke([again])
}

/** The reason in the audit log for repeated effects. */
const reason = 'a failover had lost it'

async function endAgain(moment: RevokingMoment, { kind, id, code }: Revocation): Promise<void> {
  const { db, kinds } = moment
  const found = await findEndable(db, id)
  if (found === undefined || kinds.of(found.kind).entry !== kind) return
  const account = await lockAccount(db, found.accountId)
  const credential = account && (await lockEndable(db, account, id))
  if (credential === undefined || code === 'token_expired') return
  await markEnds(moment, code, [{ credential, actor: {}, reason }])
}

async function withdrawAgain({ box, alg }: Repeating, moment: Moment, kid: string): Promise<void> {
  const { db, now } = moment
  const installation = await lockInstallation(db)
  await withdrawKeys(db, installation, { now, kids: [kid] })
  const live = (await signingKeys(db)).some(({ withdrawn_at }) => withdrawn_at === null)
  if (!live) await writeNewKey(moment, installation, { box, alg, emergency: true })
}

async function doAgain(
  moment: RevokingMoment,
  { id, code }: Revocation,
  effect: Effect,
): Promise<void> {
  const { db } = moment
  if (effect.what === 'guard') {
    return deleteGuard(db, await lockInstallation(db), effect.guard)
  }
  if (effect.what === 'machine') {
    const machine = await lockMachine(db, effect.machine)
    return machine && deleteMachine(db, machine)
  }
  const account = await lockAccount(db, effect.account)
  if (account === undefined) return
  switch (effect.what) {
    case 'era': {
      // Another era has begun since: this end was not lost, or a later one replaced it
      if (account.era !== null && account.era !== id) return
      await setEra(db, account, effect.next === account.era ? newTokenId() : effect.next)
      await setStatus(db, account, { status: effect.status, reason: effect.reason })
      if (effect.erasure !== undefined) await insertErasure(db, account, effect.erasure)
      const by = effect.status === 'active' ? () => true : 'lock'
      const ends = await affectedEnds(moment, { account, by }, { actor: {}, reason })
      await markEnds(moment, code === 'token_expired' ? 'session_ended' : code, ends)
      return
    }
    case 'password': {
      if (account.credential_version >= effect.version) return
      await requireReset(db, account, effect.version)
      const ending = { code: 'session_ended', actor: {}, reason } as const
      await endAll(moment, { account, by: 'passwordChange' }, ending)
      return
    }
    case 'role': {
      await removeRole(db, account, effect.role)
      await writeTokenEnds(moment, account, {})
      return
    }
  }
}
