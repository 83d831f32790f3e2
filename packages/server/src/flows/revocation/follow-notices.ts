import type { PageListeners } from '../../feed/page-listeners.ts'
import type { GuardKeys } from '../../feed/guard-keys.ts'
import type { GuardListeners } from '../../feed/guard-listeners.ts'
import type { GuardReports } from '../../feed/guard-reports.ts'
import type { Database } from '../../database/database.ts'
import { endableOf } from '../../stores/credentials/credentials.ts'
import { guardIds } from '../../stores/guards.ts'
import { noticesAfter, placeOf } from '../../stores/delivery/notices.ts'
import type { NoticePlace } from '../../stores/delivery/notices.ts'
import type { Keys } from '../../model/keys.ts'

/** What a process does with notices. */
export interface Notified {
  readonly database: Database
  readonly keys: Keys
  readonly pageListeners: PageListeners
  readonly guardListeners: GuardListeners
  readonly reports: GuardReports
  readonly guardKeys: GuardKeys
}

/** Notices to all processes, as one process reads them. */
export interface FollowNotices {
  /** Reads and applies notices if the fact that names the newest one has changed. */
  read(fact: string | undefined): Promise<void>
  /** Assumes every change at the next read, because another log began. */
  forget(): void
}

/**
 * Reads notices for one process. One that has missed some, or whose last one a failover has lost,
 * assumes every change.
 */
export function createFollowNotices(parts: Notified): FollowNotices {
  let at: NoticePlace | undefined
  return {
    forget: () => {
      at = undefined
    },
    read: async (fact) => {
      const newest = placeOf(fact)
      const before = at
      if (before?.number === newest.number && before.id === newest.id) return
      const notices = before && (await parts.database.read(({ db }) => noticesAfter(db, before)))
      if (notices === undefined) await applyAll(parts)
      else {
        const kinds = new Set(notices.map(({ kind }) => kind))
        if (kinds.has('keys')) await parts.keys.reload()
        if (kinds.has('guards')) await dropRemovedGuards(parts)
        const ofPages = notices.filter(({ kind }) => kind === 'pages')
        await notifyPages(parts, new Set(ofPages.map(({ account_id }) => account_id)))
      }
      // If anything above fails, the next read repeats it
      at = notices?.at(-1) ?? newest
    },
  }
}

async function applyAll(parts: Notified): Promise<void> {
  await parts.keys.reload()
  await dropRemovedGuards(parts)
  parts.pageListeners.allChanged()
}

/** Ends feeds and forgets keys and reports of guards whose key was removed. */
async function dropRemovedGuards({
  database,
  guardListeners,
  reports,
  guardKeys,
}: Notified): Promise<void> {
  const guards = await database.read(({ db }) => guardIds(db))
  guardListeners.keep(guards)
  reports.keep(guards)
  guardKeys.forget()
}

/** Accounts in one query. */
const TOGETHER = 500

async function notifyPages(
  { database, pageListeners }: Notified,
  accounts: ReadonlySet<string>,
): Promise<void> {
  if (pageListeners.listeners === 0) return
  const ids = [...accounts]
  for (let from = 0; from < ids.length; from += TOGETHER) {
    const some = ids.slice(from, from + TOGETHER)
    const sessions = await database.read(({ db }) => endableOf(db, some))
    for (const id of sessions) pageListeners.publish(id)
  }
}
