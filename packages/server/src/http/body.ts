import { parseStrictObject } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { z } from 'zod'

/** Longest body in bytes. */
const LONGEST = 64 * 1024

/**
 * Reads, parses and checks a body: JSON alone, at most 64 KiB, no repeated and no unknown members.
 * A request without a body needs no content type.
 */
export async function readBody<S extends z.ZodType>(
  request: Request,
  schema: S | undefined,
): Promise<z.output<S> | undefined> {
  const bytes = await readBytes(request)
  if (bytes.length > 0) checkType(request)
  if (schema === undefined && bytes.length === 0) return undefined
  const json = parseStrictObject(bytes.length === 0 ? Buffer.from('{}') : bytes)
  if (!json.ok) throw invalid([{ path: '', message: `The body can’t be taken: ${json.reason}.` }])
  if (schema === undefined) return requireNothing(json.value)
  const parsed = schema.safeParse(json.value)
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}

function checkType(request: Request): void {
  const type = request.headers.get('content-type')
  if (type === null || !/^application\/json *(;.*)?$/i.test(type)) {
    throw new KeyhavenError('unsupported_media_type')
  }
}

function requireNothing(members: Readonly<Record<string, unknown>>): undefined {
  const names = Object.keys(members)
  if (names.length === 0) return undefined
  throw invalid(names.map((path) => ({ path, message: 'This call takes no members.' })))
}

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > LONGEST) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of request.body) {
      length += chunk.length
      if (length > LONGEST) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof KeyhavenError) throw error
    // The client went away, or its framing is broken: nobody reads the answer, and it is no failure of ours
    throw invalid([{ path: '', message: 'The body ended before its length: send it again.' }])
  }
  return Buffer.concat(chunks)
}

function tooLarge(): KeyhavenError {
  return new KeyhavenError('payload_too_large')
}

function invalid(errors: { path: string; message: string }[]): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors })
}
