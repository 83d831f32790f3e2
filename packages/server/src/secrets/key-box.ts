import { exportSigningKey, generateSigningKey, importSigningKey } from '@keyhaven/core'
import type { SigningAlgorithm, SigningKey } from '@keyhaven/core'
import { ConfigurationError } from '../config/configuration-error.ts'
import { seal, unseal } from './sealed.ts'

/** Seals and opens the keys in the database with one master key. */
export interface KeyBox {
  makeSigningKey(alg: SigningAlgorithm): { readonly key: SigningKey; readonly sealed: string }
  openSigningKey(kid: string, sealed: string): SigningKey
  sealSecret(name: string, plain: Uint8Array): string
  openSecret(name: string, sealed: string): Uint8Array
  /** Opens with this box and seals with another key. */
  reseal(kind: 'signing-key' | 'service-key', name: string, move: Move): string
}

interface Move {
  readonly sealed: string
  readonly to: Uint8Array
}

/** Binds each sealed text to its kind and name, so that it can't be moved to another row. */
const label = (kind: 'signing-key' | 'service-key', name: string): string => `${kind}:${name}`

/**
 * A box for a master key. Opening throws ConfigurationError if the text was sealed with another
 * key.
 */
export function createKeyBox(masterKey: Uint8Array): KeyBox {
  const open = (place: string, sealed: string): Buffer => {
    try {
      return unseal(masterKey, place, sealed)
    } catch (cause) {
      throw new ConfigurationError(
        'The master key does not open the keys of this database: set KEYHAVEN_MASTER_KEY_FILE (or KEYHAVEN_MASTER_KEY) to the one it was made with.',
        { cause },
      )
    }
  }
  return {
    makeSigningKey: (alg) => {
      const key = generateSigningKey(alg)
      const plain = Buffer.from(JSON.stringify(exportSigningKey(key)))
      return { key, sealed: seal(masterKey, label('signing-key', key.kid), plain) }
    },
    openSigningKey: (kid, sealed) => {
      const plain = open(label('signing-key', kid), sealed).toString()
      return importSigningKey(JSON.parse(plain) as Parameters<typeof importSigningKey>[0])
    },
    sealSecret: (name, plain) => seal(masterKey, label('service-key', name), plain),
    openSecret: (name, sealed) => open(label('service-key', name), sealed),
    reseal: (kind, name, { sealed, to }) =>
      seal(to, label(kind, name), open(label(kind, name), sealed)),
  }
}
