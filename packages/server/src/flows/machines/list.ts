import type { Database } from '../../database/database.ts'
import { machinesAfter } from '../../stores/machines.ts'
import type { Machine } from '../../stores/machines.ts'

/** A machine as operators see it. Times are RFC 3339 texts. */
export interface MachineItem {
  readonly name: string
  readonly scope: readonly string[]
  /** Networks from which its key works; null for all. */
  readonly addresses: readonly string[] | null
  readonly createdAt: string
  readonly expiresAt: string
  /** To the minute; null before its first call. */
  readonly lastUsedAt: string | null
  readonly expired: boolean
}

const PAGE = 100

/** Lists all machines, by name. */
export async function listMachines(database: Database): Promise<readonly MachineItem[]> {
  const items: MachineItem[] = []
  for (;;) {
    const after = items.at(-1)?.name
    const page = await database.read(async ({ db, now }) =>
      (await machinesAfter(db, after, PAGE)).map((row) => viewMachine(row, now)),
    )
    items.push(...page)
    if (page.length < PAGE) return items
  }
}

/** A machine for operators, at a time. */
export function viewMachine(row: Machine, now: number): MachineItem {
  const text = (time: number): string => new Date(time).toISOString()
  return {
    name: row.name,
    scope: JSON.parse(row.scope) as string[],
    addresses: row.addresses === null ? null : (JSON.parse(row.addresses) as string[]),
    createdAt: text(row.created_at),
    expiresAt: text(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : text(row.last_used_at),
    expired: row.expires_at <= now,
  }
}
