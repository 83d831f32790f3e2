import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { errorCode, errorMessage, KeyhavenError } from '@keyhaven/core/errors'

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
    throw fileFailure(file, error)
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

/** Why a new file can't be written, and what can be done, with a code for scripts. */
export function fileFailure(file: string, cause: unknown): Error {
  const code = errorCode(cause)
  if (code === 'EEXIST') {
    return new KeyhavenError('conflict', { detail: existing(file), cause })
  }
  if (code !== 'ENOENT') return new Error(errorMessage(cause), { cause })
  const detail = `${file} can’t be written: its folder is not there.`
  return new KeyhavenError('not_found', { detail, cause })
}

export function existing(file: string): string {
  return `${file} exists: choose another name, or move it away.`
}
