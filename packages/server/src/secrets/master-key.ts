import { isUtf8 } from 'node:buffer'
import { randomBytes, randomUUID } from 'node:crypto'
import { constants, copyFile, link, open, readFile, rm, stat } from 'node:fs/promises'
import { errorCode } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'
import { checkSecretFile } from '../config/file-modes.ts'
import type { MasterKeySource } from '../config/settings.ts'

const KEY_BYTES = 32

/** 32 random bytes practically always have at least this many different values. */
const LEAST_DISTINCT = 16

/** Errors of file systems without hard links, such as SMB shares. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** A master key, and a line about other users who can read its file. */
export interface MasterKey {
  readonly bytes: Buffer
  readonly notice: string | undefined
  /** Why the key can be guessed, if it can. */
  readonly weakness: string | undefined
}

/**
 * Reads the master key; `undefined` if its file does not exist. Writes nothing.
 * @throws ConfigurationError.
 */
export async function readMasterKey(source: MasterKeySource): Promise<MasterKey | undefined> {
  if ('value' in source) {
    return { ...parsed(source.value.reveal(), 'KEYHAVEN_MASTER_KEY'), notice: undefined }
  }
  const what = `The master key file ${source.file}`
  try {
    const stats = await stat(source.file)
    const text = await readFile(source.file, 'utf8')
    return { ...parsed(text, what), notice: checkSecretFile(what, stats) }
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
  const part = `${file}.${randomUUID()}`
  const bytes = randomBytes(KEY_BYTES)
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.writeFile(`${bytes.toString('base64url')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(part, file).catch(async (error: unknown) => {
      if (!NO_LINKS.has(errorCode(error))) throw error
      await copyFile(part, file, constants.COPYFILE_EXCL)
    })
    return bytes
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return undefined
    throw new ConfigurationError(
      `The master key file ${file} can’t be written: check the folder and its permissions.`,
      { cause },
    )
  } finally {
    await rm(part, { force: true })
  }
}

/**
 * Parses a master key, with or without white space around it: 32 bytes as base64url.
 * @throws ConfigurationError.
 */
function parsed(written: string, source: string): Omit<MasterKey, 'notice'> {
  const text = written.trim()
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== KEY_BYTES || bytes.toString('base64url') !== text) {
    throw new ConfigurationError(
      isStandardBase64(text)
        ? `${source} is standard base64: write it as base64url, with - for +, _ for / and without = at the end.`
        : `${source} must hold 32 random bytes as base64url (43 characters): restore it from your backup, or make one with \`openssl rand 32 | basenc --base64url | tr -d =\`.`,
    )
  }
  const weakness = looksRandom(bytes) ? undefined : `${source} is not random, so it can be guessed`
  return { bytes, weakness }
}

function isStandardBase64(text: string): boolean {
  const bytes = Buffer.from(text, 'base64')
  return (
    bytes.length === KEY_BYTES &&
    bytes.toString('base64').replace('=', '') === text.replace('=', '')
  )
}

/** Rejects what no generator produces: repeated or counted bytes, and text. */
function looksRandom(bytes: Buffer): boolean {
  const steps = new Set(bytes.map((byte, at) => byte - (bytes[at - 1] ?? byte)).subarray(1))
  const half = KEY_BYTES / 2
  const isTwice = bytes.subarray(0, half).equals(bytes.subarray(half))
  return new Set(bytes).size >= LEAST_DISTINCT && steps.size > 1 && !isTwice && !isText(bytes)
}

/** Whether it is text in UTF-8; fewer than one random key in 10¹² is. */
function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !/\p{Cc}/u.test(bytes.toString())
}
