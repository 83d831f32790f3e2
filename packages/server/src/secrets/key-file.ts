import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, open, rm } from 'node:fs/promises'
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
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.writeFile(keys.map((key) => `${key.toString('base64url')}\n`).join(''))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(part, file).catch(async (error: unknown) => {
      if (!NO_LINKS.has(errorCode(error))) throw error
      await copyFile(part, file, constants.COPYFILE_EXCL)
    })
    return true
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false
    throw new ConfigurationError(
      `The key file ${file} can’t be written: check the folder and its permissions.`,
      { cause },
    )
  } finally {
    await rm(part, { force: true })
  }
}
