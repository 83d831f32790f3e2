import type { Account } from '../stores/accounts.ts'
import type { AuditRow } from '../stores/audit/audit.ts'
import type { Factor } from '../stores/factors/factors.ts'
import type { Erasure } from '../stores/personal-data/erasures.ts'
import type { StoredCredential } from '../stores/personal-data/stored.ts'
import type { TokenRow } from '../stores/tokens.ts'
import { auditEntry } from './audit-entry.ts'
import { time } from './time.ts'

interface Owned {
  readonly account: Account
  readonly roles: readonly string[]
  readonly erasure: Erasure | undefined
}

/** An account as its owner exports it: everything but the hash of the password and the era. */
function exportedAccount({ account, roles, erasure }: Owned) {
  return {
    id: account.id,
    email: account.email,
    emailVerified: account.email_verified === 1,
    username: account.username,
    name: account.name,
    profile: parsed(account.profile),
    locale: account.locale,
    roles,
    status: account.status,
    statusReason: account.status_reason,
    createdAt: time(account.created_at),
    mustResetPassword: account.must_reset === 1,
    resetsPausedUntil: timeOrNull(account.resets_paused_until),
    erasure: erasure && {
      requestedAt: time(erasure.requested_at),
      erasesAt: time(erasure.erases_at),
    },
  }
}

/** A credential without its secrets. */
function exportedCredential(row: StoredCredential) {
  return {
    id: row.id,
    kind: row.kind,
    client: row.client_id,
    scope: parsed(row.scope),
    madeFrom: row.parent_id,
    device: row.device,
    browser: row.browser,
    address: row.address,
    lastBrowser: row.renewed_browser,
    lastAddress: row.renewed_address,
    amr: parsed(row.amr),
    createdAt: time(row.created_at),
    authTime: timeOrNull(row.auth_time),
    lastUsedAt: time(row.last_used_at),
    idleExpiresAt: timeOrNull(row.idle_expires_at),
    expiresAt: timeOrNull(row.absolute_expires_at),
    endedAt: timeOrNull(row.ended_at),
    endCode: row.end_code,
    ...ofItsKind(row),
  }
}

/** What a credential that is no session has besides. */
function ofItsKind(row: StoredCredential): object {
  switch (row.kind) {
    case 'api-key':
      return {
        name: row.key_name,
        audience: parsed(row.key_audiences),
        addresses: parsed(row.key_addresses),
        session: row.key_session,
      }
    case 'delegation':
      return {
        audience: parsed(row.exchanged_for),
        exchangedBy: row.exchanged_by,
        issuer: row.exchanged_from,
      }
    case 'ticket':
      return {
        url: row.url,
        audience: parsed(row.ticket_audiences),
        redeemedAt: timeOrNull(row.redeemed_at),
      }
    default:
      return row.rotated_at === null ? {} : { refreshedAt: time(row.rotated_at) }
  }
}

/** A second factor without its secret; the public key of a passkey says nothing about a person. */
function exportedFactor(row: Factor) {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    passkey: row.passkey_id,
    about: parsed(row.about),
    session: row.session_id,
    createdAt: time(row.created_at),
    confirmedAt: timeOrNull(row.confirmed_at),
    lastUsedAt: timeOrNull(row.last_used_at),
  }
}

/** The record of a token: its claims, without hashes and the era. */
function exportedToken({ claims, issued_at, expires_at }: TokenRow) {
  const {
    xsrf: _hash,
    era: _era,
    ...shown
  } = JSON.parse(claims) as Readonly<Record<string, unknown>>
  return { issuedAt: time(issued_at * 1000), expiresAt: time(expires_at * 1000), claims: shown }
}

/** A row about an account. Who else acted, and their address, are data of another person. */
function exportedEvent(row: AuditRow) {
  const { at, action, actor, session, reason, address, details } = auditEntry(row)
  const isOthers = actor !== null && actor !== row.account_id
  const by = actor === null ? null : isOthers ? 'another person' : 'you'
  return { at, action, by, session, reason, address: isOthers ? null : address, details }
}

/** A row about what the account did to another one, or to the installation; the rest is about others. */
function exportedAct(row: AuditRow) {
  const { at, action, address } = auditEntry(row)
  return { at, action, by: 'you', address }
}

function parsed(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}

function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : time(milliseconds)
}

/** Rows as their owner exports them. */
export const exported = {
  account: exportedAccount,
  credential: exportedCredential,
  factor: exportedFactor,
  token: exportedToken,
  event: exportedEvent,
  act: exportedAct,
} as const
