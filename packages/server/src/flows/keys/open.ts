import { randomBytes } from 'node:crypto'
import type { SigningAlgorithm } from '@keyhaven/core'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Database, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { hmacKey } from '../../secrets/hashes/hash.ts'
import { lockInstallation, noteLife } from '../../stores/installation.ts'
import type { InstallationRow } from '../../stores/installation.ts'
import { insertSigningKey, putServiceKey, serviceKeys, signingKeys } from '../../stores/keys.ts'
import { keysAt } from '../../model/key-ring.ts'
import type { KeysNow, RingKey } from '../../model/key-ring.ts'
import type { Keys } from '../../model/keys.ts'

/** The keys of an installation. */
export interface OpenedKeys {
  readonly keys: Keys
  /**
   * Seals queued mails. It is not the master key itself, so that a change of that leaves the queue as
   * it is.
   */
  readonly mail: Uint8Array
}

/**
 * Opens the signing and service keys with the master key, and creates them at first start. `life`
 * is the longest life of this process's tokens, in seconds.
 * @throws ConfigurationError if the database has lost keys.
 */
export async function openKeys(
  database: Database,
  box: KeyBox,
  { alg, life }: { readonly alg: SigningAlgorithm; readonly life: number },
): Promise<OpenedKeys> {
  const { xsrf, mail, factors, refresh } = await database.transact(async (moment) => {
    const installation = await lockInstallation(moment.db)
    await noteLife(moment.db, installation, life)
    const signing = await signingKeys(moment.db)
    const known = await serviceKeys(moment.db)
    const open = async (name: 'xsrf' | 'mail' | 'factors' | 'refresh'): Promise<Uint8Array> => {
      const sealed = known.get(name)
      if (sealed !== undefined) return box.openSecret(name, sealed)
      const key = randomBytes(32)
      await putServiceKey(moment.db, installation, { name, sealed: box.sealSecret(name, key) })
      return key
    }
    // They are created together: if one is missing it was lost, and a new one would hide that
    if (known.has('xsrf') !== signing.length > 0) throw new ConfigurationError(lost)
    if (signing.length === 0) await addSigningKey(moment, installation, { box, alg, signsFrom: 0 })
    return {
      xsrf: await open('xsrf'),
      mail: await open('mail'),
      factors: await open('factors'),
      refresh: await open('refresh'),
    }
  })
  let ring: readonly RingKey[] = []
  let now: KeysNow
  /** The time of `now`: the database's time may go back, and then other keys sign. */
  let from = 0
  const read = async ({ db, now: time }: Moment): Promise<void> => {
    const known = new Map(ring.map((one) => [one.row.kid, one.key]))
    const rows = await signingKeys(db)
    ring = rows.map((row) => ({
      row,
      key: known.get(row.kid) ?? box.openSigningKey(row.kid, row.sealed),
    }))
    now = keysAt(ring, time)
    from = time
  }
  await database.read(read)
  const keys: Keys = {
    at: (time) => {
      if (time < now.until && time >= from) return now
      now = keysAt(ring, time)
      from = time
      return now
    },
    reload: () => database.read(read),
    xsrf: hmacKey(xsrf),
    factors: hmacKey(factors),
    refresh: hmacKey(refresh),
  }
  return { keys, mail }
}

/** How a key is made, and when it begins to sign: milliseconds since 1970, 0 for at once. */
export interface NewKey {
  readonly box: KeyBox
  readonly alg: SigningAlgorithm
  readonly signsFrom: number
}

/** Adds a key to the ring of a locked installation. @returns its `kid`. */
export async function addSigningKey(
  { db, now }: Moment,
  installation: Locked<InstallationRow>,
  { box, alg, signsFrom }: NewKey,
): Promise<string> {
  const { key, sealed } = box.makeSigningKey(alg)
  await insertSigningKey(db, installation, {
    kid: key.kid,
    alg,
    sealed,
    public_jwk: JSON.stringify(key.publicJwk),
    created_at: now,
    signs_from: signsFrom,
    published_until: null,
    withdrawn_at: null,
  })
  return key.kid
}

const lost =
  'The database has lost keys of this installation: restore it from a backup, or set KEYHAVEN_DATA to an empty folder to start over.'
