import type { Database } from '../../database/database.ts'
import { signingKeys } from '../../stores/keys.ts'
import { stateOf } from '../../model/key-ring.ts'
import type { KeyState } from '../../model/key-ring.ts'

/** A key of the ring, without secrets. Times are RFC 3339 texts. */
export interface KeyView {
  readonly kid: string
  readonly alg: string
  readonly state: KeyState
  readonly signsFrom: string
  /** `undefined` while it has no successor. */
  readonly publishedUntil: string | undefined
}

/** Lists every signing key and its state. */
export function listKeys(database: Database): Promise<KeyView[]> {
  return database.read(async ({ db, now }) => {
    const rows = await signingKeys(db)
    return rows.map((row) => ({
      kid: row.kid,
      alg: row.alg,
      state: stateOf(row, rows, now),
      signsFrom: new Date(row.signs_from || row.created_at).toISOString(),
      publishedUntil:
        row.published_until === null ? undefined : new Date(row.published_until).toISOString(),
    }))
  })
}
