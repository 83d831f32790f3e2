import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '@keyhaven/core/errors'

/**
 * The accounts that this installation has erased, by id, in a file beside the database: a restored
 * database may have them again (H28).
 */
export interface ErasureList {
  /** Adds an account before it is erased; resolves when the file has it. */
  note(id: string): Promise<void>
  /** Reads all of them. */
  read(): Promise<readonly string[]>
}

const NAME = 'erasures'

/** Ids kept in memory, so that an account that takes several transactions is written once. */
const MOST_NOTED = 1000

/** Opens the list of a data folder. */
export function openErasureList(folder: string): ErasureList {
  const file = join(folder, NAME)
  const noted = new Set<string>()
  return {
    note: async (id) => {
      if (noted.has(id)) return
      const handle = await open(file, 'a', 0o600)
      try {
        // On a line of its own, also after a line that a crash has cut off
        await handle.appendFile(`\n${id}`)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      if (noted.size >= MOST_NOTED) noted.clear()
      noted.add(id)
    },
    read: async () => {
      const lines = (await textOf(file)).split('\n')
      return [...new Set(lines.filter((line) => /^acc_[\w-]{22}$/.test(line)))]
    },
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}
