import type { SigningAlgorithm } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Database, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { stateOf } from '../../model/key-ring.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { retireKeys, signingKeys, withdrawKeys } from '../../stores/keys.ts'
import { appendRevocations } from '../../stores/revocations.ts'
import type { Revocation } from '../../stores/revocations.ts'
import { lockInstallation, longestLife } from '../../stores/installation.ts'
import type { InstallationRow } from '../../stores/installation.ts'
import { addSigningKey } from './open.ts'

/** Milliseconds for which a new key is published before it signs, so that every guard knows it. */
const PUBLISHED_BEFORE = 600_000

/** Milliseconds for which a retiring key stays published after its last token has expired. */
const MARGIN = 60_000

/** Entries of keys stay for ever, because a withdrawn key must never verify again. */
const FOR_EVER = 8_640_000_000_000_000

/** The result of a rotation: the new key, and the revocation entries of withdrawn ones. */
export interface Rotation {
  readonly kid: string
  /** Milliseconds since 1970. */
  readonly signsFrom: number
  /** The `kid` of each withdrawn key. */
  readonly withdrawn: readonly string[]
  readonly entries: readonly Revocation[]
}

interface Needs {
  readonly database: Database
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
}

interface Rotating extends Needs {
  /** Whether a planned rotation is refused while an earlier one waits for its key to sign. */
  readonly onePending?: boolean
}

/**
 * Publishes a new key that signs in ten minutes; the old one retires when its last token has
 * expired. In an emergency the new key signs at once and every other is withdrawn: sessions stay
 * and get new tokens.
 * @throws KeyhavenError `conflict` if an earlier key waits and only one may.
 */
export async function rotateKeys(
  { database, box, alg, onePending = false }: Rotating,
  emergency: boolean,
  actor: Actor,
): Promise<Rotation> {
  const rotation = await database.append(async (moment) => {
    const installation = await lockInstallation(moment.db)
    if (onePending && !emergency) await refusePending(moment)
    const rotation = await writeNewKey(moment, installation, { box, alg, emergency })
    const { kid, withdrawn } = rotation
    await happened(moment, 'keys.rotated', { actor, details: { kid, emergency, withdrawn } })
    return rotation
  })
  database.wake()
  return rotation
}

async function refusePending({ db, now }: Moment): Promise<void> {
  const rows = await signingKeys(db)
  const next = rows.find((row) => stateOf(row, rows, now) === 'next')
  if (next === undefined) return
  const from = new Date(next.signs_from).toISOString()
  throw new KeyhavenError('conflict', {
    detail: `The next key signs from ${from}: wait until then, or sign with a new key at once and withdraw every other with \`keyhaven keys rotate --emergency\`.`,
  })
}

/** Writes a new key, and retires or withdraws those before it. */
export async function writeNewKey(
  moment: Moment,
  installation: Locked<InstallationRow>,
  { box, alg, emergency }: Omit<Needs, 'database'> & { readonly emergency: boolean },
): Promise<Rotation> {
  const { db, now } = moment
  // In an emergency it signs as soon as a process sees it, at whatever time that process reads
  const signsFrom = emergency ? 0 : now + PUBLISHED_BEFORE
  if (!emergency) {
    const lastEnd = signsFrom + (await longestLife(db)) * 1000
    await retireKeys(db, installation, lastEnd + MARGIN)
  }
  const withdrawn = emergency ? await withdrawKeys(db, installation, { now }) : []
  const entries = await appendRevocations(
    db,
    withdrawn.map((id) => ({ kind: 'kid', id, code: 'token_expired', until: FOR_EVER })),
  )
  const kid = await addSigningKey(moment, installation, { box, alg, signsFrom })
  return { kid, signsFrom: emergency ? now : signsFrom, withdrawn, entries }
}
