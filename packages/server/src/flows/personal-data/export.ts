import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { Moment } from '../../database/database.ts'
import { lockAccount, rolesOf } from '../../stores/accounts.ts'
import { auditPage } from '../../stores/audit/audit.ts'
import { devicesOf } from '../../stores/devices.ts'
import { findErasure } from '../../stores/personal-data/erasures.ts'
import { factorsOf } from '../../stores/factors/factors.ts'
import {
  storedCredentials,
  storedLinks,
  storedMails,
  storedRecoveryCodes,
} from '../../stores/personal-data/stored.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import { tokenPage } from '../../stores/tokens.ts'
import { exported } from '../../views/exported.ts'
import { time } from '../../views/time.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'

/** Whose data is exported, and why, if another person does it. */
export interface ExportRequest {
  readonly accountId: string
  readonly reason?: string | undefined
  readonly held: Held
}

/** Rows in one read. */
const ROWS = 500

/** A list of the file: one page of it at a time. */
interface Part {
  readonly name: string
  readonly page: (moment: Moment, id: string, page: PageRequest) => Promise<Page<object>>
}

/** The lists of the file. A table of which a row belongs to an account is added here. */
const parts: readonly Part[] = [
  {
    name: 'credentials',
    page: async ({ db }, id, page) =>
      mapped(await storedCredentials(db, id, page), exported.credential),
  },
  {
    name: 'tokens',
    page: async ({ db }, account, page) =>
      mapped(await tokenPage(db, page, { account }), exported.token),
  },
  {
    name: 'links',
    page: async ({ db }, id) => ({
      next: null,
      items: (await storedLinks(db, id)).map(({ purpose, email, created_at, expires_at }) => ({
        purpose,
        email,
        createdAt: time(created_at),
        expiresAt: time(expires_at),
      })),
    }),
  },
  {
    name: 'devices',
    page: async ({ db }, id) => ({
      next: null,
      items: (await devicesOf(db, id)).map(({ browser, address, first_used_at, last_used_at }) => ({
        browser,
        address,
        firstUsedAt: time(first_used_at),
        lastUsedAt: time(last_used_at),
      })),
    }),
  },
  {
    name: 'factors',
    page: async ({ db }, id) => ({
      next: null,
      items: (await factorsOf(db, id)).map(exported.factor),
    }),
  },
  {
    name: 'recoveryCodes',
    page: async ({ db }, id) => ({
      next: null,
      items: (await storedRecoveryCodes(db, id)).map(({ created_at, left }) => ({
        left,
        createdAt: time(created_at),
      })),
    }),
  },
  {
    name: 'mails',
    page: async ({ db }, id) => ({
      next: null,
      items: (await storedMails(db, id)).map(({ template, event, written_at }) => ({
        template,
        event,
        queuedAt: time(written_at),
      })),
    }),
  },
  {
    name: 'events',
    page: async ({ db }, account, page) =>
      mapped(await auditPage(db, page, { account }), exported.event),
  },
  {
    name: 'acts',
    page: async ({ db }, actor, page) => {
      const { items, next } = await auditPage(db, page, { actor })
      return { next, items: items.filter((row) => row.account_id !== actor).map(exported.act) }
    },
  },
]

/**
 * Exports all that is stored of a person as the text of one JSON file, without any secret. It reads
 * some rows at a time, so its size does not matter. The audit log records the export.
 * @throws KeyhavenError `not_found`, `insufficient_scope`.
 */
export async function exportAccount(
  { database, settings }: Pick<Context, 'database' | 'settings'>,
  { accountId, reason, held }: ExportRequest,
  actor: Actor,
): Promise<AsyncGenerator<string>> {
  const head = await database.transact(async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(settings.access, db, { account, held })
    await happened(moment, 'account.exported', { actor, account: accountId, reason })
    const roles = await rolesOf(db, accountId)
    const erasure = await findErasure(db, account)
    const shown = exported.account({ account, roles, erasure })
    return { issuer: settings.issuer, exportedAt: time(now), account: shown }
  })
  return textOf(database, accountId, head)
}

async function* textOf(
  database: Context['database'],
  id: string,
  head: object,
): AsyncGenerator<string> {
  yield JSON.stringify(head, null, 2).slice(0, -2)
  for (const { name, page } of parts) {
    yield `,\n  ${JSON.stringify(name)}: [`
    let mark = '\n'
    let after: PageRequest['after']
    do {
      const request = { limit: ROWS, after, descending: false }
      const { items, next } = await database.read((moment) => page(moment, id, request))
      for (const item of items) {
        yield `${mark}    ${JSON.stringify(item)}`
        mark = ',\n'
      }
      after = next ?? undefined
    } while (after !== undefined)
    yield mark === '\n' ? ']' : '\n  ]'
  }
  yield '\n}\n'
}

function mapped<T>({ items, next }: Page<T>, view: (row: T) => object): Page<object> {
  return { next, items: items.map(view) }
}
