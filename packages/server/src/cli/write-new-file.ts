import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { errorCode, errorMessage, KeyhavenError } from '@keyhaven/core/errors'

/**
 * Writes lines to a new file (mode 0600) that appears only when complete; never replaces a file.
 * @returns the number of lines.
 */
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
    throw fileFailure(file, error)
  } finally {
    await rm(part, { force: true })
  }
  return count
}

/** Writes lines to standard output, as fast as its reader reads. */
export async function writeStandardOutput(lines: AsyncIterable<string>): Promise<void> {
  const ended = async function* (): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`
  }
  await pipeline(ended, process.stdout, { end: false })
}

/** An error with a stable code that states why a new file can't be written and what to do. */
export function fileFailure(file: string, cause: unknown): Error {
  const code = errorCode(cause)
  if (code === 'EEXIST') {
    return new KeyhavenError('conflict', { detail: alreadyExists(file), cause })
  }
  if (code !== 'ENOENT') return new Error(errorMessage(cause), { cause })
  const detail = `${file} can’t be written: its folder does not exist.`
  return new KeyhavenError('not_found', { detail, cause })
}

/** The message for a file that must not exist but does. */
export function alreadyExists(file: string): string {
  return `${file} exists: choose another name, or move it away.`
}
