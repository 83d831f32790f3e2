import type { AdministeredAccount, SessionEntry } from '@keyhaven/core/wire'
import { call, send } from './call.ts'

/** An API that receives revocations. */
export interface GuardItem {
  readonly name: string
  readonly connections: number
  readonly appliedSeq: number | null
}

/** The sessions that a lock ended, and its number in the log that guards apply. */
export interface Locked {
  readonly account: AdministeredAccount
  readonly ended: { readonly sessions: number }
  readonly seq: number
}

/** Accounts of one page of the list, and whether there are more. */
export interface Found {
  readonly people: readonly AdministeredAccount[]
  readonly isAll: boolean
}

export async function sessionsOf(account: string): Promise<readonly SessionEntry[]> {
  const path = `/auth/accounts/${encodeURIComponent(account)}/sessions?limit=100`
  return (await call<{ items: SessionEntry[] }>(path)).items
}

export async function findPeople(search: string, limit = 20): Promise<Found> {
  const query = new URLSearchParams({ ...(search && { search }), limit: String(limit) })
  const { items, next } = await call<{ items: AdministeredAccount[]; next?: string | null }>(
    `/auth/accounts?${query}`,
  )
  return { people: items, isAll: !next }
}

export function lock(account: string, reason: string): Promise<Locked> {
  return send<Locked>('PATCH', `/auth/accounts/${encodeURIComponent(account)}`, {
    status: 'locked',
    reason,
  })
}

export function unlock(account: string): Promise<Locked> {
  return send<Locked>('PATCH', `/auth/accounts/${encodeURIComponent(account)}`, {
    status: 'active',
  })
}

/** Guards that are connected now. */
export async function connectedGuards(): Promise<readonly GuardItem[]> {
  const { items } = await call<{ items: GuardItem[] }>('/auth/guards?limit=100')
  return items.filter(({ connections }) => connections > 0)
}
