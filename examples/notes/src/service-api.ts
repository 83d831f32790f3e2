import type { AccountView } from '@keyhaven/core/wire'
import { auth } from './auth.ts'

/** A device of the person, as the service lists it. */
export interface Device {
  readonly id: string
  readonly device: string | null
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly current: boolean
}

/** An API that listens for revocations. */
export interface GuardItem {
  readonly name: string
  readonly connections: number
  readonly appliedSeq: number | null
  /** Seconds since it was heard last. */
  readonly age: number | null
}

/** What a lock came to: what ended, and the number in the log that guards apply. */
export interface Locked {
  readonly account: AccountView
  readonly ended: { readonly sessions: number }
  readonly seq: number
}

export async function listDevices(): Promise<readonly Device[]> {
  const { items } = await ask<{ items: Device[] }>('/auth/sessions')
  return items
}

export async function findPeople(search: string): Promise<readonly AccountView[]> {
  const query = new URLSearchParams({ search, limit: '20' })
  const { items } = await ask<{ items: AccountView[] }>(`/auth/accounts?${query}`)
  return items
}

export function setStatus(
  id: string,
  status: 'active' | 'locked',
  reason?: string,
): Promise<Locked> {
  return ask<Locked>(`/auth/accounts/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ status, ...(reason && { reason }) }),
  })
}

/** Guards that listen now. */
export async function listeningGuards(): Promise<readonly GuardItem[]> {
  const { items } = await ask<{ items: GuardItem[] }>('/auth/guards?limit=100')
  return items.filter(({ connections }) => connections > 0)
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await auth.fetch(path, init)
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body as T
  const detail = (body as { detail?: unknown } | undefined)?.detail
  throw new Error(typeof detail === 'string' ? detail : 'The service can’t be reached. Try again.')
}
