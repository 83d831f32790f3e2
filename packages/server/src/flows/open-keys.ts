import { randomBytes } from 'node:crypto'
import type { SigningAlgorithm } from '@keyhaven/core'
import type { Connection, Database, Moment } from '../database/database.ts'
import type { KeyBox } from '../secrets/key-box.ts'
import { insertSigningKey, putServiceKey, serviceKeys, signingKeys } from '../stores/keys.ts'
import { keysAt } from './key-ring.ts'
import type { KeysNow, RingKey } from './key-ring.ts'
import type { Keys } from './rooms.ts'

/** Opens the signing and service keys with the master key, and makes them at first start. */
export async function openKeys(
  database: Database,
  box: KeyBox,
  alg: SigningAlgorithm,
): Promise<Keys> {
  const { xsrf } = await database.transact(async (moment) => {
    if ((await signingKeys(moment.db)).length === 0) await addSigningKey(moment, box, { alg })
    return { xsrf: await xsrfKey(moment.db, box) }
  })
  let ring: readonly RingKey[] = []
  let now: KeysNow
  const read = async ({ db, now: time }: Moment): Promise<void> => {
    const known = new Map(ring.map((one) => [one.row.kid, one.key]))
    const rows = await signingKeys(db)
    ring = rows.map((row) => ({
      row,
      key: known.get(row.kid) ?? box.openSigningKey(row.kid, row.sealed),
    }))
    now = keysAt(ring, time)
  }
  await database.read(read)
  return {
    at: (time) => {
      if (time >= now.until) now = keysAt(ring, time)
      return now
    },
    reload: () => database.read(read),
    xsrf,
  }
}

/** Adds a key that signs from `signsFrom` on, or at once. */
export async function addSigningKey(
  { db, now }: Moment,
  box: KeyBox,
  { alg, signsFrom = now }: { readonly alg: SigningAlgorithm; readonly signsFrom?: number },
): Promise<string> {
  const { key, sealed } = box.makeSigningKey(alg)
  await insertSigningKey(db, {
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

async function xsrfKey(db: Connection, box: KeyBox): Promise<Uint8Array> {
  const known = (await serviceKeys(db)).get('xsrf')
  if (known !== undefined) return box.openSecret('xsrf', known)
  const key = randomBytes(32)
  await putServiceKey(db, 'xsrf', box.sealSecret('xsrf', key))
  return key
}
