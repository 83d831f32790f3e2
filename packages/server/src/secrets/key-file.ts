import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, open, rename, rm } from 'node:fs/promises'
import { errorCode } from '@keyhaven/core/errors'
import { ConfigurationError } from '../config/configuration-error.ts'

/** Errors of file systems without hard links, such as SMB shares. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Creates a file (mode 0600) with one key a line. It appears only when complete.
 * @returns `false` if the file exists.
 * @throws ConfigurationError.
 */
export async function makeKeyFile(file: string, keys: readonly Buffer[]): Promise<boolean> {
  const part = `${file}.${randomUUID()}`
  try {
    await writePart(part, keys.map((key) => `${key.toString('base64url')}\n`).join(''))
    await link(part, file).catch(async (error: unknown) => {
      if (!NO_LINKS.has(errorCode(error))) throw error
      await copyFile(part, file, constants.COPYFILE_EXCL)
    })
    return true
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false
    throw unwritable(file, cause)
  } finally {
    await rm(part, { force: true })
  }
}

/**
 * Writes a file (mode 0600) with one key in place of a former one, or of a link with its name. Readers see
 * either file, whole.
 * @throws ConfigurationError.
 */
export async function replaceKeyFile(file: string, key: string): Promise<void> {
  const part = `${file}.${randomUUID()}`
  try {
    await writePart(part, `${key}\n`)
    await rename(part, file)
  } catch (cause) {
    throw unwritable(file, cause)
  } finally {
    await rm(part, { force: true })
  }
}

async function writePart(part: string, text: string): Promise<void> {
  const handle = await open(part, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function unwritable(file: string, cause: unknown): ConfigurationError {
  return new ConfigurationError(
    `The key file ${file} can’t be written: check the folder and its permissions.`,
    { cause },
  )
}
