import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { MasterKeySource } from '../config/settings.ts'

const KEY_BYTES = 32

/** Opens the master key, and makes its file at first start. */
export function masterKeyOf(source: MasterKeySource): Promise<Buffer> {
  return 'file' in source
    ? masterKeyOfFile(source.file)
    : Promise.resolve(masterKeyOfText(source.value.reveal(), 'KEYHAVEN_MASTER_KEY'))
}

/** Reads the master key of a file, or makes the file (mode 0600) where there is none. */
async function masterKeyOfFile(file: string): Promise<Buffer> {
  try {
    await writeFile(file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new ConfigurationError(
        `The master key file ${file} can’t be written: check the folder and its permissions.`,
        { cause: error },
      )
    }
  }
  return masterKeyOfText((await readFile(file, 'utf8')).trim(), `The master key file ${file}`)
}

/** Takes a master key in its written form: 32 bytes as base64url. */
function masterKeyOfText(text: string, source: string): Buffer {
  const key = Buffer.from(text, 'base64url')
  if (key.length !== KEY_BYTES || key.toString('base64url') !== text) {
    throw new ConfigurationError(
      `${source} must hold 32 random bytes as base64url (43 characters): restore it from your backup, or make one with \`openssl rand 32 | basenc --base64url | tr -d =\`.`,
    )
  }
  return key
}
