import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '@keyhaven/core/errors'
import type { AppliedMark } from '@keyhaven/core/wire'
import { ConfigurationError } from '../config/configuration-error.ts'

/**
 * The newest position in a log that this installation has seen, stored beside the database. If the
 * database is behind it, the database was restored.
 */
export interface PositionFile<M extends AppliedMark = AppliedMark> {
  /** The position in the file at the start. */
  readonly found: M | undefined
  /** The newest known position: the noted one, or else the found one. */
  newest(): M | undefined
  /** Stores the newest position, in the background and with one write at a time. */
  note(position: M): void
  /** Resolves when the noted position is written, or its write has failed. */
  settled(): Promise<void>
}

/** A kind of position: the name of its file, and its text. */
export interface PositionForm<M extends AppliedMark> {
  readonly name: string
  readonly parse: (text: string) => M | undefined
  readonly text: (position: M) => string
  /** What an operator does about a file that can’t be parsed. */
  readonly remedy: string
}

const PATTERN = /^([\w-]{1,64}):(\d{1,15})$/

/** Parses `log:seq`, as in an event's id; `undefined` for any other text. */
export function parsePosition(text: string): AppliedMark | undefined {
  const [, log, seq] = PATTERN.exec(text) ?? []
  return log === undefined ? undefined : { log, seq: Number(seq) }
}

/** The text of a position: `log:seq`. */
export function positionText({ log, seq }: AppliedMark): string {
  return `${log}:${seq}`
}

/** The position in the log of revocations. */
export const revocationsPosition: PositionForm<AppliedMark> = {
  name: 'revocations.mark',
  parse: parsePosition,
  text: positionText,
  remedy: 'remove it, and run `keyhaven restored` if the database was restored from a backup',
}

/**
 * Opens the position file of a data folder. `failed` gets the error of a failed write; the next
 * note retries it.
 * @throws ConfigurationError if the file can't be parsed.
 */
export async function openPositionFile<M extends AppliedMark>(
  folder: string,
  form: PositionForm<M>,
  failed: (error: unknown) => void,
): Promise<PositionFile<M>> {
  const file = join(folder, form.name)
  // Not the process id, which is 1 in each of two containers that share a folder
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

/** Whether another process with the same folder has stored a newer position in the same log. */
async function isNewer<M extends AppliedMark>(
  file: string,
  ours: M,
  { parse }: PositionForm<M>,
): Promise<boolean> {
  const there = parse((await textOf(file)) ?? '')
  return there !== undefined && there.log === ours.log && there.seq >= ours.seq
}
