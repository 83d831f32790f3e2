import { randomBytes } from 'node:crypto'
import type { SigningAlgorithm } from '@keyhaven/core'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Connection, Database, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { KeyBox } from '../../secrets/key-box.ts'
import { hmacKey } from '../../secrets/hashes/hash.ts'
import { lockInstallation, noteLife } from '../../stores/installation.ts'
import type { InstallationRow } from '../../stores/installation.ts'
import { insertSigningKey, putServiceKey, serviceKeys, signingKeys } from '../../stores/keys.ts'
import { keysAt } from '../../model/key-ring.ts'
import type { KeysNow, RingKey } from '../../model/key-ring.ts'
import type { Keys } from '../../model/keys.ts'

/**
 * Opens the signing and service keys with the master key, and creates them at first start. `life`
 * is the longest life of this process's tokens, in seconds.
 * @throws ConfigurationError if the database has lost keys.
 */
export async function openKeys(
  database: Database,
  box: KeyBox,
  { alg, life }: { readonly alg: SigningAlgorithm; readonly life: number },
): Promise<Keys> {
  const { xsrf } = await database.transact(async (moment) => {
    const installation = await lockInstallation(moment.db)
    await noteLife(moment.db, installation, life)
    const signing = await signingKeys(moment.db)
    const known = (await serviceKeys(moment.db)).get('xsrf')
    if (known !== undefined && signing.length > 0) return { xsrf: box.openSecret('xsrf', known) }
    // They are created together: if one is missing it was lost, and a new one would hide that
    if (known !== undefined || signing.length > 0) throw new ConfigurationError(lost)
    await addSigningKey(moment, installation, { box, alg, signsFrom: 0 })
    return { xsrf: await makeXsrfKey(moment.db, installation, box) }
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
  return {
    at: (time) => {
      if (time < now.until && time >= from) return now
      now = keysAt(ring, time)
      from = time
      return now
    },
    reload: () => database.read(read),
    xsrf: hmacKey(xsrf),
  }
}

/**
 * Opens the key that seals queued mails, and creates it if there is none. It is not the master key
 * itself, so that a change of that leaves the queue as it is.
 */
export async function openMailKey(
  database: Pick<Database, 'read' | 'transact'>,
  box: KeyBox,
): Promise<Uint8Array> {
  const known = await database.read(({ db }) => serviceKeys(db))
  const sealed =
    known.get('mail') ??
    (await database.transact(async ({ db }) => {
      const installation = await lockInstallation(db)
      // Another process may have made it meanwhile
      const made = (await serviceKeys(db)).get('mail')
      if (made !== undefined) return made
      const fresh = box.sealSecret('mail', randomBytes(32))
      await putServiceKey(db, installation, { name: 'mail', sealed: fresh })
      return fresh
    }))
  return box.openSecret('mail', sealed)
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

async function makeXsrfKey(
  db: Connection,
  installation: Locked<InstallationRow>,
  box: KeyBox,
): Promise<Uint8Array> {
  const key = randomBytes(32)
  await putServiceKey(db, installation, { name: 'xsrf', sealed: box.sealSecret('xsrf', key) })
  return key
}
