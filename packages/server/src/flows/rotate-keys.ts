import type { SigningAlgorithm } from '@keyhaven/core'
import type { Database, Moment } from '../database/database.ts'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { retireKeys, withdrawKeys } from '../stores/keys.ts'
import { appendRevocations } from '../stores/revocations.ts'
import type { Revocation } from '../stores/revocations.ts'
import { bumpFact, lockInstallation } from '../stores/installation.ts'
import { addSigningKey } from './open-keys.ts'

/** A new key is published this long before it signs, so that every guard knows it. */
const PUBLISHED_BEFORE = 600_000

/** A retiring key stays published this much longer than its last token. */
const MARGIN = 60_000

/** Entries of keys stay for ever: a withdrawn key verifies nothing again. */
const FOR_EVER = 8_640_000_000_000_000

export interface Rotation {
  readonly kid: string
  /** Milliseconds since 1970. */
  readonly signsFrom: number
  /** Keys that were withdrawn. */
  readonly withdrawn: readonly string[]
  readonly entries: readonly Revocation[]
}

interface Needs {
  readonly database: Database
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
  /** Longest life of a token, in seconds. */
  readonly accessTtl: number
}

/**
 * Publishes a new key that signs in ten minutes; the old one retires when its last token has ended.
 * In an emergency the new key signs at once, and every other is withdrawn: sessions live on and are
 * given new tokens.
 */
export async function rotateKeys(
  { database, box, alg, accessTtl }: Needs,
  emergency: boolean,
  actor: Actor,
): Promise<Rotation> {
  const rotation = await database.append(async (moment) => {
    await lockInstallation(moment.db)
    const rotation = await writeNewKey(moment, box, { alg, emergency, accessTtl })
    const { kid, withdrawn } = rotation
    await record(moment, 'keys.rotated', { actor, details: { kid, emergency, withdrawn } })
    await bumpFact(moment.db, 'keys')
    return rotation
  })
  database.wake()
  return rotation
}

/** Writes a new key, and what becomes of those before it. */
export async function writeNewKey(
  moment: Moment,
  box: KeyBox,
  { alg, emergency, accessTtl }: Omit<Needs, 'database' | 'box'> & { readonly emergency: boolean },
): Promise<Rotation> {
  const { db, now } = moment
  const signsFrom = emergency ? now : now + PUBLISHED_BEFORE
  if (!emergency) await retireKeys(db, signsFrom + accessTtl * 1000 + MARGIN)
  const withdrawn = emergency ? await withdrawKeys(db, now) : []
  const entries = await appendRevocations(
    db,
    withdrawn.map((id) => ({ kind: 'kid', id, code: 'token_expired', until: FOR_EVER })),
  )
  const kid = await addSigningKey(moment, box, { alg, signsFrom })
  return { kid, signsFrom, withdrawn, entries }
}
