import type { AccountStatus, AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import type { Database } from '../database/database.ts'
import { accountPage, findAccountByLogin } from '../stores/accounts.ts'
import { auditPage } from '../stores/audit.ts'
import type { AuditFilter, AuditRow } from '../stores/audit.ts'
import { emailKey, loginKey } from './canonical-login.ts'
import type { Page, PageRequest } from '../stores/page.ts'
import { sessionPage } from '../stores/sessions.ts'
import type { Session } from '../stores/sessions.ts'
import { tokenPage } from '../stores/tokens.ts'
import type { Rooms } from './rooms.ts'
import { unknownLogin } from './unknown-login.ts'
import { viewAccounts } from './view-account.ts'

/** Live sessions of an account. */
export async function listSessions(
  database: Database,
  page: PageRequest,
  of: { readonly accountId: string; readonly current?: string },
): Promise<Page<SessionEntry>> {
  const { items, next } = await database.read((moment) => sessionPage(moment, of.accountId, page))
  return { next, items: items.map((row) => sessionItem(row, of.current)) }
}

function sessionItem(row: Session, current: string | undefined): SessionEntry {
  return {
    id: row.id,
    device: row.device,
    browser: row.browser,
    address: row.address,
    createdAt: time(row.created_at),
    lastUsedAt: time(row.last_used_at),
    authTime: time(row.auth_time),
    amr: JSON.parse(row.amr) as string[],
    current: row.id === current,
  }
}

export interface AccountFilter {
  readonly search?: string | undefined
  readonly status?: AccountStatus | undefined
}

/** Accounts by age, found by part of their address, user name or name. */
export async function listAccounts(
  rooms: Pick<Rooms, 'rules' | 'database'>,
  page: PageRequest,
  filter: AccountFilter,
): Promise<Page<AdministeredAccount>> {
  return rooms.database.read(async ({ db }) => {
    const { items, next } = await accountPage(db, page, filter)
    return { next, items: await viewAccounts(rooms, db, items) }
  })
}

export interface TokenItem {
  readonly jti: string
  readonly account: string
  readonly session: string | null
  readonly clientId: string
  readonly issuedAt: string
  readonly expiresAt: string
}

export interface TokenFilter {
  readonly account?: string | undefined
  readonly session?: string | undefined
}

/** The record of tokens given out. */
export async function listTokens(
  database: Database,
  page: PageRequest,
  filter: TokenFilter,
): Promise<Page<TokenItem>> {
  const { items, next } = await database.read(({ db }) => tokenPage(db, page, filter))
  return {
    next,
    items: items.map((row) => ({
      jti: row.jti,
      account: row.account_id,
      session: row.session_id,
      clientId: row.client_id,
      issuedAt: time(row.issued_at * 1000),
      expiresAt: time(row.expires_at * 1000),
    })),
  }
}

export interface AuditItem {
  readonly id: number
  /** Its place in the chain; null for a second after it was written. */
  readonly number: number | null
  readonly at: string
  readonly action: string
  readonly actor: string | null
  readonly account: string | null
  readonly session: string | null
  readonly reason: string | null
  readonly address: string | null
  readonly details: unknown
}

/**
 * What happened. `account` is an id or a login; of a login that belongs to no account the failed sign-ins are found,
 * by the keyed hash that the log keeps of it. `actor` is recorded text, or the e-mail address of an account.
 */
export async function listAudit(
  rooms: Pick<Rooms, 'database' | 'keys'>,
  page: PageRequest,
  { account, actor, ...others }: Omit<AuditFilter, 'unknownLogin'>,
): Promise<Page<AuditItem>> {
  const { items, next } = await rooms.database.read(async ({ db }) => {
    const acted = emailKey(actor ?? '')
    const person = acted === undefined ? undefined : await findAccountByLogin(db, acted)
    const filter = { ...others, actor: person?.id ?? actor }
    const key = account === undefined || isId(account) ? undefined : loginKey(account)
    const named = key === undefined ? undefined : await findAccountByLogin(db, key)
    const wanted =
      key === undefined || named !== undefined
        ? { ...filter, account: named?.id ?? account }
        : { ...filter, unknownLogin: unknownLogin(rooms, key) }
    return auditPage(db, page, wanted)
  })
  return { next, items: items.map(auditItem) }
}

/** An account's id, which the log keeps for longer than the account. A user name of this form is found by its id only. */
function isId(text: string): boolean {
  return /^acc_[\w-]{22}$/.test(text)
}

/** A row of the audit log as others see it. */
export function auditItem(row: AuditRow): AuditItem {
  return {
    id: row.id,
    number: row.number,
    at: time(row.at),
    action: row.action,
    actor: row.actor_id,
    account: row.account_id,
    session: row.session_id,
    reason: row.reason,
    address: row.address,
    details: detailsOf(row),
  }
}

/** A row that somebody has edited must not hide the others: it is shown as it lies there. */
function detailsOf({ details }: AuditRow): unknown {
  try {
    return details === null ? null : (JSON.parse(details) as unknown)
  } catch {
    return details
  }
}

function time(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString()
}
