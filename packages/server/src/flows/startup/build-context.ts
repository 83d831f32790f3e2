import { join } from 'node:path'
import { createRevocations, createTokenCheck } from '@keyhaven/guard/kit'
import type { Logger } from '../../telemetry/logger.ts'
import type { Settings } from '../../config/settings.ts'
import { eventNames } from '../../events/table.ts'
import type { SealMail } from '../../database/database.ts'
import { createRateLimits } from '../../database/rate-limits.ts'
import type { Follow } from '../../feed/follow.ts'
import { createPageListeners } from '../../feed/page-listeners.ts'
import { createClock } from '../../feed/clock.ts'
import { createGuardReports } from '../../feed/guard-reports.ts'
import { createGuardListeners } from '../../feed/guard-listeners.ts'
import { createUnreadEntries } from '../../feed/unread-entries.ts'
import type { Peppers } from '../../secrets/pepper.ts'
import { seal } from '../../secrets/sealed.ts'
import { hmac } from '../../secrets/hashes/hash.ts'
import { newRequestId, newSecret } from '../../secrets/random.ts'
import { replaceKeyFile } from '../../secrets/key-file.ts'
import { MOST_REMEMBERED } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { credentialsOfTokens } from '../../stores/tokens.ts'
import { createFailureLog } from '../../telemetry/failure-log.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { watchedDatabase } from '../../telemetry/watched-database.ts'
import type { Application } from '../../model/application.ts'
import { createUnknownKeys } from '../api-keys/unknown-keys.ts'
import { createEndSession } from '../sessions/end.ts'
import { createFollow } from '../revocation/follow.ts'
import { createGuardKeys } from '../../feed/guard-keys.ts'
import { kinds } from './account-tables.ts'
import { createOutbox } from '../delivery/outbox.ts'
import type { Outbox } from '../delivery/outbox.ts'
import type { Installation } from './open-installation.ts'
import { openExchange } from '../exchange/open.ts'
import { openKeys } from '../keys/open.ts'
import { openPasswords } from './open-passwords.ts'
import { MAIL_LABEL, openMail, queuesMail } from './open-mail.ts'
import type { MailOfProcess } from './open-mail.ts'
import { openErasureList } from '../personal-data/erasure-list.ts'
import { createLogRecovery } from './recover-log.ts'
import type { Context } from '../context.ts'

/** What a process adds to its installation. */
export interface Tenant {
  readonly settings: Settings
  readonly application: Application
  readonly log: Logger
  readonly mail: MailOfProcess
  readonly peppers: Peppers
}

/** Builds everything that flows are given, and reads the whole log before any request is served. */
export async function buildContext(
  { database: unwatched, box, position, audit, restored, replaced }: Installation,
  { settings, application, log, mail, peppers }: Tenant,
): Promise<Context> {
  const { alg, issuer, lifetimes } = settings
  const metrics = createMetrics(eventNames)
  if (restored !== undefined || replaced !== undefined) {
    metrics.database.restored.add({ outcome: 'ended' })
  }
  const { keys, mail: mailKey } = await openKeys(unwatched, box, { alg, life: lifetimes.accessTtl })
  const sealMail: SealMail = queuesMail(settings, mail)
    ? (text) => seal(mailKey, MAIL_LABEL, Buffer.from(text))
    : 'none'
  const { database, writes } = watchedDatabase(unwatched, { metrics, log, sealMail })
  const revocations = createRevocations()
  const clock = createClock(database.time)
  const pageListeners = createPageListeners((jtis) =>
    database.read(({ db }) => credentialsOfTokens(db, jtis)),
  )
  const guardListeners = createGuardListeners((guard) => {
    metrics.droppedListeners.add({})
    log.info({ guard }, 'a guard read its feed too slowly and was disconnected; it reconnects')
  })
  const reports = createGuardReports(newRequestId())
  const check = createTokenCheck({
    issuer,
    audience: [issuer],
    revocations,
    counts: metrics.tokenChecks,
    mayRefetch: () => false,
    now: () => Math.floor(clock.now() / 1000),
  })
  const unread = createUnreadEntries<Revocation>(MOST_REMEMBERED)
  const appending = { database, kinds, revocations: { copy: revocations, unread } }
  const recover = createLogRecovery({ ...appending, box, alg, log, tools: { metrics } })
  const guardKeys = createGuardKeys()
  const followers = {
    revocations,
    unread,
    pageListeners,
    guardListeners,
    reports,
    guardKeys,
    clock,
  }
  const follow = createFollow({ ...followers, database, keys, position, recover })
  await follow()
  const outbox = openOutbox({ database, follow, log })
  return {
    settings,
    database,
    tools: {
      application,
      log,
      writes,
      audit,
      outbox,
      erasures: openErasureList(settings.data),
      mail: openMail({ settings, database, metrics, log, key: mailKey }, mail),
      metrics,
      passwords: await openPasswords({ settings, database, metrics, log, peppers }),
      limits: openLimits(database, keys),
      checkToken: (token) => check(token, { keys: keys.at(clock.now()).set }),
      clock,
    },
    keys: { ...keys, signing: { box, alg }, testing: await testingKey(settings) },
    kinds,
    exchange: openExchange(settings.exchange, { development: settings.development, log }),
    revocations: {
      end: createEndSession({
        ...appending,
        revocations: { ...appending.revocations, follow },
      }),
      follow,
      copy: revocations,
      unread,
    },
    listeners: { pages: pageListeners, guards: guardListeners, reports, guardKeys },
  }
}

/** A new key for the tests of this start, in a file that only this user can read (H24). */
async function testingKey({ testing, data }: Settings): Promise<string | undefined> {
  if (!testing) return undefined
  const key = newSecret()
  await replaceKeyFile(join(data, 'testing.key'), key)
  return key
}

function openLimits(
  { counters }: Context['database'],
  { xsrf }: Pick<Context['keys'], 'xsrf'>,
): Context['tools']['limits'] {
  const counted = createRateLimits(counters, (text) => hmac(xsrf, `limit ${text}`))
  return { ...counted, unknownKeys: createUnknownKeys() }
}

function openOutbox({
  database,
  follow,
  log,
}: Pick<Context, 'database'> & { readonly follow: Follow; readonly log: Logger }): Outbox {
  const failures = createFailureLog(log, 'an event can’t be delivered; trying again')
  return createOutbox({
    database,
    delivered: () => {
      database.wake()
      // A failing read is logged, and the periodic one repeats it
      follow().catch(() => undefined)
    },
    failed: ({ id, event }, cause) =>
      failures.failed(new Error(`row ${id} of the outbox: ${event}`, { cause })),
  })
}
