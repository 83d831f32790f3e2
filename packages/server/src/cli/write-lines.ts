import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { errorCode, errorMessage } from '@keyhaven/core/errors'

/** Writes lines to a file (mode 0600) that appears whole or not at all, and replaces none; the answer counts them. */
export async function writeNewFile(file: string, lines: AsyncIterable<string>): Promise<number> {
  const part = `${file}.${randomUUID()}`
  let count = 0
  const counted = async function* (): AsyncGenerator<string> {
    for await (const line of lines) {
      count += 1
      yield `${line}\n`
    }
  }
  try {
    await pipeline(counted, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }))
    await link(part, file)
  } catch (error) {
    throw new Error(fileSentence(file, error), { cause: error })
  } finally {
    await rm(part, { force: true })
  }
  return count
}

/** Writes lines to standard output, no faster than somebody reads. */
export async function writeStandardOutput(lines: AsyncIterable<string>): Promise<void> {
  const ended = async function* (): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`
  }
  await pipeline(ended, process.stdout, { end: false })
}

/** What can be done where a new file can't be written. */
export function fileSentence(file: string, error: unknown): string {
  const code = errorCode(error)
  if (code === 'EEXIST') return `${file} exists: choose another name, or move it away.`
  if (code === 'ENOENT') return `${file} can’t be written: its folder is not there.`
  return errorMessage(error)
}
