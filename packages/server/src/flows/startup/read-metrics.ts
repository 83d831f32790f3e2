import { KeyhavenError } from '@keyhaven/core/errors'
import { gauge } from '../../telemetry/family.ts'
import type { Family, Sample } from '../../telemetry/family.ts'
import { listGuards } from '../guards/list.ts'
import type { GuardItem } from '../guards/list.ts'
import { waitingMails } from '../../stores/delivery/mails.ts'
import type { WaitingMails } from '../../stores/delivery/mails.ts'
import type { Context, ContextPart } from '../context.ts'

/** Guards that are read, oldest first, and how many of them have samples of their own. */
const oldest = { limit: 1000, after: undefined, descending: false }
const MOST_NAMED = 100

type Needs = Pick<Context, 'database'> &
  ContextPart<'tools', 'metrics' | 'audit' | 'passwords' | 'clock' | 'writes'> &
  ContextPart<'revocations', 'copy'> &
  ContextPart<'listeners', 'guards' | 'pages' | 'reports'>

/** All metrics: what was counted, and current values. */
export async function readMetrics(
  context: Needs,
  { databaseUp }: { readonly databaseUp: boolean },
): Promise<readonly Family[]> {
  const items = databaseUp ? await guardsNow(context) : undefined
  const waiting = items === undefined ? undefined : await mailsNow(context)
  return [
    gauge(
      'keyhaven_database_up',
      '1 if the database answered just now; metrics of guards exist only then.',
      Number(items !== undefined),
    ),
    gauge(
      'keyhaven_database_writable',
      '0 if writes failed twice in 10 s, or one has not ended for 5 s: /health/ready is 503.',
      Number(context.tools.writes.trouble() === undefined),
    ),
    ...context.tools.metrics.families(),
    ...hashing(context),
    ...revocationLog(context),
    gauge(
      'keyhaven_audit_intact',
      '0 if the end of the audit log is not what this installation sealed.',
      Number(context.tools.audit.intact),
    ),
    ...clock(context),
    ...feed(context),
    ...(waiting === undefined ? [] : mails(waiting, context.tools.clock.now())),
    ...(items === undefined ? [] : guards(items, context.listeners.guards.at)),
  ]
}

async function mailsNow(context: Needs): Promise<WaitingMails | undefined> {
  try {
    return await context.database.read(waitingMails)
  } catch (error) {
    if (!(error instanceof KeyhavenError)) throw error
    return undefined
  }
}

/** Mails as stored in the database: every process returns the same. */
function mails({ count, oldest }: WaitingMails, now: number): readonly Family[] {
  return [
    gauge(
      'keyhaven_mails_waiting',
      'Mails that wait to be sent, of all processes; 100,000 at most.',
      count,
    ),
    gauge(
      'keyhaven_mail_age_seconds',
      'Time since the oldest waiting mail was queued; 0 if none waits.',
      oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000,
    ),
  ]
}

async function guardsNow(context: Needs): Promise<readonly GuardItem[] | undefined> {
  try {
    return (await listGuards(context.database, oldest, context)).items
  } catch (error) {
    // Already counted; the missing metrics of guards show it
    if (!(error instanceof KeyhavenError)) throw error
    return undefined
  }
}

function hashing({ tools: { passwords } }: Needs): readonly Family[] {
  const { waiting, running, refused } = passwords.queue()
  return [
    gauge('keyhaven_hashes_waiting', 'Passwords that wait to be hashed.', waiting),
    gauge('keyhaven_hashes_running', 'Passwords that are being hashed.', running),
    {
      name: 'keyhaven_hashes_refused_total',
      help: 'Passwords that found a full queue or waited too long: the client got 503 with Retry-After.',
      type: 'counter',
      samples: [{ value: refused }],
    },
  ]
}

function revocationLog({
  revocations: { copy: revocations },
  listeners: { guards: guardListeners },
  tools: { clock },
}: Needs): readonly Family[] {
  const age = Math.max(0, clock.now() - guardListeners.at.time) / 1000
  return [
    gauge(
      'keyhaven_log_seq',
      'Number of the newest revocation that this process has read.',
      guardListeners.at.seq,
    ),
    gauge(
      'keyhaven_log_age_seconds',
      'Time since this process last read the log of revocations, which it does ten times a second.',
      age,
    ),
    gauge('keyhaven_revocations', 'Revocations that this process holds.', revocations.size),
    gauge(
      'keyhaven_revocations_bytes',
      'Memory that the revocations of this process use.',
      revocations.bytes,
    ),
    gauge(
      'keyhaven_revocations_incomplete',
      '1 if a revocation did not fit into memory: requests are refused.',
      Number(revocations.incomplete),
    ),
  ]
}

function clock({ database }: Needs): readonly Family[] {
  const { trusted, ahead } = database.time.state()
  return [
    gauge(
      'keyhaven_clock_agrees',
      '1 if the clock agrees with the time that has passed; otherwise nothing is purged and no session is ended by time.',
      Number(trusted),
    ),
    gauge(
      'keyhaven_clock_ahead_seconds',
      'By how much the clock is ahead of the newest trusted time, if it disagrees; negative if behind.',
      ahead / 1000,
    ),
  ]
}

function feed({
  listeners: { guards: guardListeners, pages: pageListeners },
}: Needs): readonly Family[] {
  const listeners = [...guardListeners.counts().values()].reduce((sum, one) => sum + one, 0)
  return [
    gauge('keyhaven_feed_listeners', 'Open feeds of guards in this process.', listeners),
    gauge(
      'keyhaven_page_listeners',
      'Event streams of pages in this process.',
      pageListeners.listeners,
    ),
  ]
}

/** Guards as stored in the database: every process returns the same. */
function guards(
  items: readonly GuardItem[],
  at: Context['listeners']['guards']['at'],
): readonly Family[] {
  const listening = items.filter(({ connections }) => connections > 0).length
  const never = items.filter(({ age, connections }) => age === null && connections === 0).length
  const states = { listening, silent: items.length - listening - never, never }
  // If there are too many, the ones furthest behind
  const named = items.toSorted((a, b) => (b.age ?? 0) - (a.age ?? 0)).slice(0, MOST_NAMED)
  const each = (valueOf: (guard: GuardItem) => number | null): Sample[] =>
    named.flatMap((guard) => {
      const value = valueOf(guard)
      return value === null ? [] : [{ labels: { guard: guard.name }, value }]
    })
  const family = (name: string, help: string, samples: Sample[]): Family => ({
    name,
    help,
    type: 'gauge',
    samples,
  })
  return [
    family(
      'keyhaven_guards',
      'Guard keys by state: listening (connected to any process), silent, or never (connected). Of the first 1,000.',
      Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    ),
    family(
      'keyhaven_guard_connections',
      'Open feeds of a guard key in all processes.',
      each(({ connections }) => connections),
    ),
    family(
      'keyhaven_guard_age_seconds',
      'Time since a guard last read a heartbeat or reported.',
      each(({ age }) => age),
    ),
    family(
      'keyhaven_guard_lag_entries',
      'Revocations that a guard has not reported as applied; none if it follows another log.',
      each(({ log, appliedSeq }) =>
        appliedSeq === null || log !== at.log ? null : Math.max(0, at.seq - appliedSeq),
      ),
    ),
    family(
      'keyhaven_guard_ahead',
      '1 if a guard reports entries that the log does not have.',
      each(({ ahead }) => Number(ahead)),
    ),
  ]
}
