import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '@keyhaven/core/errors'
import type { AppliedMark } from '@keyhaven/core/wire'
import { ConfigurationError } from '../config/configuration-error.ts'

/** What this installation has seen of a log, kept beside the database: what is behind it was restored. */
export interface PositionFile<M extends AppliedMark = AppliedMark> {
  /** What lay there at the start. */
  readonly found: M | undefined
  /** The newest that is known: what was noted, or else found. */
  newest(): M | undefined
  /** Keeps the newest mark. It is written in its own time, at most one write at once. */
  note(position: M): void
  /** Resolves when what was noted is written, or could not be. */
  settled(): Promise<void>
}

/** One kind of mark: the name of its file, and its text. */
export interface PositionForm<M extends AppliedMark> {
  readonly name: string
  readonly parse: (text: string) => M | undefined
  readonly text: (position: M) => string
  /** What an operator does about a file that can’t be read. */
  readonly remedy: string
}

const PATTERN = /^([\w-]{1,64}):(\d{1,15})$/

/** `log:seq`, as in an event's id; `undefined` for anything else. */
export function parsePosition(text: string): AppliedMark | undefined {
  const [, log, seq] = PATTERN.exec(text) ?? []
  return log === undefined ? undefined : { log, seq: Number(seq) }
}

export function positionText({ log, seq }: AppliedMark): string {
  return `${log}:${seq}`
}

/** The mark of the revocations. */
export const revocationsPosition: PositionForm<AppliedMark> = {
  name: 'revocations.mark',
  parse: parsePosition,
  text: positionText,
  remedy: 'remove it, and run `keyhaven restored` if the database was put back from a backup',
}

/** Opens a mark of a data folder. `failed` hears of a write that did not go well; the next note tries again. */
export async function openPositionFile<M extends AppliedMark>(
  folder: string,
  form: PositionForm<M>,
  failed: (error: unknown) => void,
): Promise<PositionFile<M>> {
  const file = join(folder, form.name)
  // The process's number is 1 in each of two containers on one folder
  const part = `${file}.${randomUUID()}`
  const found = await read(file, form)
  let newest = found
  let written = found && form.text(found)
  let writing: Promise<void> | undefined
  const write = async (): Promise<void> => {
    while (newest !== undefined && form.text(newest) !== written) {
      const position = newest
      if (!(await isNewer(file, position, form))) await replace(file, part, form.text(position))
      written = form.text(position)
    }
  }
  return {
    found,
    newest: () => newest,
    note: (position) => {
      newest = position
      if (form.text(position) === written || writing !== undefined) return
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

async function replace(file: string, part: string, text: string): Promise<void> {
  const handle = await open(part, 'w', 0o600)
  try {
    await handle.writeFile(`${text}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(part, file)
}

async function read<M extends AppliedMark>(
  file: string,
  { parse, remedy }: PositionForm<M>,
): Promise<M | undefined> {
  const text = await textOf(file)
  if (text === undefined) return undefined
  const position = parse(text)
  if (position !== undefined) return position
  throw new ConfigurationError(`${file} can’t be read as a mark of this installation: ${remedy}.`)
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Whether another process with the same folder has seen more of the same log. */
async function isNewer<M extends AppliedMark>(
  file: string,
  ours: M,
  { parse }: PositionForm<M>,
): Promise<boolean> {
  const there = parse((await textOf(file)) ?? '')
  return there !== undefined && there.log === ours.log && there.seq >= ours.seq
}
