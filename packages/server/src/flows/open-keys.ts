import { randomBytes } from 'node:crypto'
import {
  createKeySet,
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  publicJwks,
} from '@keyhaven/core'
import type { SigningAlgorithm, SigningKey } from '@keyhaven/core'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { Connection, Database } from '../database/database.ts'
import { seal, unseal } from '../secrets/sealed.ts'
import { findServiceKey, insertServiceKey, insertSigningKey, signingKeys } from '../stores/keys.ts'
import type { SealedKey } from '../stores/keys.ts'
import type { Keys } from './rooms.ts'

/** Opens the signing and service keys with the master key, and makes them at first start. */
export function openKeys(
  database: Database,
  masterKey: Uint8Array,
  alg: SigningAlgorithm,
): Promise<Keys> {
  return database.transact(async ({ db, now }) => {
    const sealed = await signingKeys(db)
    const opened = sealed.map((row) => openSigningKey(row, masterKey))
    const signing = opened[0] ?? (await makeSigningKey(db, now, { masterKey, alg }))
    const jwks = publicJwks(opened.length > 0 ? opened : [signing])
    return { signing, set: createKeySet(jwks), jwks, xsrf: await xsrfKey(db, masterKey) }
  })
}

async function makeSigningKey(
  db: Connection,
  now: number,
  { masterKey, alg }: { readonly masterKey: Uint8Array; readonly alg: SigningAlgorithm },
): Promise<SigningKey> {
  const key = generateSigningKey(alg)
  const plain = Buffer.from(JSON.stringify(exportSigningKey(key)))
  const sealed = seal(masterKey, labelOf(key.kid), plain)
  await insertSigningKey(db, { kid: key.kid, alg, sealed, created_at: now })
  return key
}

function openSigningKey(row: SealedKey, masterKey: Uint8Array): SigningKey {
  const plain = opened(masterKey, labelOf(row.kid), row.sealed)
  return importSigningKey(JSON.parse(plain.toString()) as JsonWebKey)
}

type JsonWebKey = Parameters<typeof importSigningKey>[0]

async function xsrfKey(db: Connection, masterKey: Uint8Array): Promise<Uint8Array> {
  const known = await findServiceKey(db, 'xsrf')
  if (known !== undefined) return opened(masterKey, 'service-key:xsrf', known)
  const key = randomBytes(32)
  await insertServiceKey(db, 'xsrf', seal(masterKey, 'service-key:xsrf', key))
  return key
}

function opened(masterKey: Uint8Array, label: string, sealed: string): Buffer {
  try {
    return unseal(masterKey, label, sealed)
  } catch (cause) {
    throw new ConfigurationError(
      'The master key does not open the keys of this database: set KEYHAVEN_MASTER_KEY_FILE (or KEYHAVEN_MASTER_KEY) to the one it was made with.',
      { cause },
    )
  }
}

function labelOf(kid: string): string {
  return `signing-key:${kid}`
}
