import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppliedMark } from '@keyhaven/core/wire'
import { ConfigurationError } from '../config/configuration-error.ts'

/** What this installation has seen of its log, kept beside the database: what is behind it was restored. */
export interface MarkFile {
  /** What lay there at the start. */
  readonly found: AppliedMark | undefined
  /** Keeps the newest mark. It is written in its own time, at most one write at once. */
  note(mark: AppliedMark): void
  /** Resolves when what was noted is written, or could not be. */
  settled(): Promise<void>
}

const PATTERN = /^([\w-]{1,64}):(\d{1,15})$/

/** `log:seq`, as in an event's id; `undefined` for anything else. */
export function parseMark(text: string): AppliedMark | undefined {
  const [, log, seq] = PATTERN.exec(text) ?? []
  return log === undefined ? undefined : { log, seq: Number(seq) }
}

export function markText({ log, seq }: AppliedMark): string {
  return `${log}:${seq}`
}

/** Opens the mark of a data folder. `failed` hears of a write that did not go well; the next note tries again. */
export async function openMarkFile(
  folder: string,
  failed: (error: unknown) => void,
): Promise<MarkFile> {
  const file = join(folder, 'revocations.mark')
  // The process's number is 1 in each of two containers on one folder
  const part = `${file}.${randomUUID()}`
  const found = await read(file)
  let written = found && markText(found)
  let wanted = written
  let writing: Promise<void> | undefined
  const write = async (): Promise<void> => {
    while (wanted !== undefined && wanted !== written) {
      const text = wanted
      if (!(await isNewer(file, text))) {
        const handle = await open(part, 'w', 0o600)
        try {
          await handle.writeFile(`${text}\n`)
          await handle.datasync()
        } finally {
          await handle.close()
        }
        await rename(part, file)
      }
      written = text
    }
  }
  return {
    found,
    note: (mark) => {
      wanted = markText(mark)
      if (wanted === written || writing !== undefined) return
      writing = write()
        .catch(failed)
        .finally(() => {
          writing = undefined
        })
    },
    settled: async () => {
      while (writing !== undefined) await writing
    },
  }
}

async function read(file: string): Promise<AppliedMark | undefined> {
  const text = await textOf(file)
  if (text === undefined) return undefined
  const mark = parseMark(text)
  if (mark !== undefined) return mark
  throw new ConfigurationError(
    `${file} can’t be read as the mark of this installation’s revocations: remove it, and run \`keyhaven restored\` if the database was put back from a backup.`,
  )
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether another process with the same folder has seen more of the same log. */
async function isNewer(file: string, text: string): Promise<boolean> {
  const [there, ours] = [parseMark((await textOf(file)) ?? ''), parseMark(text)]
  return there !== undefined && there.log === ours?.log && there.seq >= ours.seq
}
