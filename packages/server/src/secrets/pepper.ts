import { createHmac, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { errorCode } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'
import { checkSecretFile } from '../config/file-modes.ts'
import { makeKeyFile } from './key-file.ts'
import { KEY_BYTES, parseKey } from './parse-key.ts'

/** A key that passwords go through before they are hashed, stored apart from the database. */
export interface Pepper {
  /** Names the pepper beside each hash. It is made of the key, and reveals nothing about it. */
  readonly id: string
  readonly key: Buffer
}

/** The peppers of this process, the current one first; the others verify former hashes. */
export interface Peppers {
  readonly all: readonly Pepper[]
  /** A line about other users who can read the file. */
  readonly notice: string | undefined
}

/** Hashes without a pepper. */
export const noPeppers: Peppers = { all: [], notice: undefined }

/** Lines of a file: a rotation a year for decades. */
const MOST = 32

/**
 * Reads the file of peppers: one a line, the current one first.
 * @throws ConfigurationError.
 */
export async function readPeppers(file: string | undefined): Promise<Peppers> {
  if (file === undefined) return noPeppers
  const what = `The pepper file ${file}`
  const { text, notice } = await readSecret(file, what)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) {
    throw new ConfigurationError(`${what} is empty: ${MAKE}, or restore it from your backup.`)
  }
  if (lines.length > MOST) {
    throw new ConfigurationError(`${what} has more than ${MOST} lines: remove the last ones.`)
  }
  const all = lines.map((line, at) => {
    const { bytes, weakness } = parseKey(
      line,
      lines.length === 1 ? what : `${what}, line ${at + 1},`,
    )
    if (weakness !== undefined) throw new ConfigurationError(`${weakness}: ${MAKE}.`)
    return { id: idOf(bytes), key: bytes }
  })
  return { all, notice }
}

const MAKE = 'make one with `keyhaven keys pepper --new-file FILE`'

async function readSecret(
  file: string,
  what: string,
): Promise<{ readonly text: string; readonly notice: string | undefined }> {
  try {
    const stats = await stat(file)
    return { text: await readFile(file, 'utf8'), notice: checkSecretFile(what, stats) }
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    const remedy =
      errorCode(cause) === 'ENOENT'
        ? `does not exist: restore it from your backup, or ${MAKE}`
        : errorCode(cause) === 'EISDIR'
          ? 'is a folder: set KEYHAVEN_PEPPER_FILE to a file in it'
          : 'can’t be read: make it readable for this user'
    throw new ConfigurationError(`${what} ${remedy}.`, { cause })
  }
}

/**
 * Creates a file with a new pepper, followed by those that hashes may still need.
 * @returns the new one; `undefined` if the file exists.
 * @throws ConfigurationError.
 */
export async function makePepper(file: string, former: Peppers): Promise<Pepper | undefined> {
  const key = randomBytes(KEY_BYTES)
  const isMade = await makeKeyFile(file, [key, ...former.all.map((pepper) => pepper.key)])
  return isMade ? { id: idOf(key), key } : undefined
}

function idOf(key: Buffer): string {
  return createHmac('sha256', key)
    .update('keyhaven pepper id')
    .digest('base64url')
    .slice(0, PEPPER_ID_LENGTH)
}

const PEPPER_ID_LENGTH = 12
