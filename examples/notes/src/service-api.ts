import type { AccountView } from '@keyhaven/core/wire'
import { call, send } from './call.ts'

/** A session of a person, as the service lists it. */
export interface Device {
  readonly id: string
  readonly device: string | null
  /** Kind of browser and network address, if the service returns them. */
  readonly browser?: string | null
  readonly address?: string | null
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly current: boolean
}

/** An API that receives revocations. */
export interface GuardItem {
  readonly name: string
  readonly connections: number
  readonly appliedSeq: number | null
}

/** What a lock ended, and its number in the log that guards apply. */
export interface Locked {
  readonly account: AccountView
  readonly ended: { readonly sessions: number }
  readonly seq: number
}

/** Accounts of one page of the list, and whether there are more. */
export interface Found {
  readonly people: readonly AccountView[]
  readonly isAll: boolean
}

export async function listDevices(): Promise<readonly Device[]> {
  return (await call<{ items: Device[] }>('/auth/sessions')).items
}

export async function sessionsOf(account: string): Promise<readonly Device[]> {
  const path = `/auth/accounts/${encodeURIComponent(account)}/sessions?limit=100`
  return (await call<{ items: Device[] }>(path)).items
}

export async function findPeople(search: string, limit = 20): Promise<Found> {
  const query = new URLSearchParams({ ...(search && { search }), limit: String(limit) })
  const { items, next } = await call<{ items: AccountView[]; next?: string | null }>(
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
