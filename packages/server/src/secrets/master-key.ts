import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { errorCode } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'
import { checkSecretFile } from '../config/file-modes.ts'
import type { MasterKeySource } from '../config/settings.ts'
import { makeKeyFile } from './key-file.ts'
import { KEY_BYTES, parseKey } from './parse-key.ts'
import type { ParsedKey } from './parse-key.ts'

/** A master key, and a line about other users who can read its file. */
export interface MasterKey extends ParsedKey {
  readonly notice: string | undefined
}

/**
 * Reads the master key; `undefined` if its file does not exist. Writes nothing.
 * @throws ConfigurationError.
 */
export async function readMasterKey(source: MasterKeySource): Promise<MasterKey | undefined> {
  if ('value' in source) {
    return { ...parseKey(source.value.reveal(), 'KEYHAVEN_MASTER_KEY'), notice: undefined }
  }
  const what = `The master key file ${source.file}`
  try {
    const stats = await stat(source.file)
    const text = await readFile(source.file, 'utf8')
    return { ...parseKey(text, what), notice: checkSecretFile(what, stats) }
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    // `ENOTDIR`: the folder is a file, which the check of the data folder reports
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return undefined
    const remedy =
      errorCode(cause) === 'EISDIR'
        ? 'is a folder: set KEYHAVEN_MASTER_KEY_FILE to a file in it'
        : 'can’t be read: make it readable for this user'
    throw new ConfigurationError(`${what} ${remedy}.`, { cause })
  }
}

/**
 * Creates a file with a new master key (mode 0600) that appears only when complete.
 * @returns the key; `undefined` if the file exists.
 * @throws ConfigurationError.
 */
export async function makeMasterKey(file: string): Promise<Buffer | undefined> {
  const bytes = randomBytes(KEY_BYTES)
  const isMade = await makeKeyFile(file, [bytes])
  return isMade ? bytes : undefined
}
