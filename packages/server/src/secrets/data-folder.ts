import { access, constants, mkdir } from 'node:fs/promises'
import { ConfigurationError } from '../config/configuration-error.ts'

/** Makes the data folder (mode 0700) where it is missing. */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new ConfigurationError(
      `The data folder ${folder} can’t be written: make it, or set KEYHAVEN_DATA to one that can.`,
      { cause },
    )
  }
}
