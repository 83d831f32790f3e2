import { createRevocations } from '@keyhaven/guard'
import type { Revocations } from '@keyhaven/guard'
import type { Database } from '../database/database.ts'
import { findToken } from '../stores/tokens.ts'
import { revocationsAfter } from '../stores/revocations.ts'

/** Reads every live entry into this process's copy before the first request is answered. */
export async function loadRevocations(database: Database): Promise<Revocations> {
  await database.number()
  const copy = createRevocations()
  for (;;) {
    const page = await database.read(({ db }) => revocationsAfter(db, copy.seq))
    for (const entry of page) copy.add(entry)
    if (page.length === 0) return copy
  }
}

/** The session that a recorded token belongs to. */
export async function sessionOfToken(database: Database, jti: string): Promise<string | undefined> {
  const token = await database.read(({ db }) => findToken(db, jti))
  return token?.session_id ?? undefined
}
