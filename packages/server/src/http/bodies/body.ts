import { parseStrictObject } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { HeaderName } from '@keyhaven/guard/kit'
import type * as z from 'zod'
import type { ServiceRequest } from '../service-request.ts'
import { errorsOf, sentenceOf, unexpected } from './errors-of.ts'

/** Longest body in bytes. */
export const LONGEST = 64 * 1024

/**
 * Reads, parses and checks a body: only JSON, at most 64 KiB, no repeated and no unknown members. A
 * request without a body needs no content type.
 * @throws KeyhavenError.
 */
export async function readBody<S extends z.ZodType>(
  request: ServiceRequest,
  schema: S | undefined,
): Promise<z.output<S> | undefined> {
  const bytes = await request.read(LONGEST)
  if (bytes.length > 0) checkType(request, 'application/json')
  if (schema === undefined && bytes.length === 0) return undefined
  const json = parseStrictObject(bytes.length === 0 ? Buffer.from('{}') : bytes)
  if (!json.ok)
    throw invalid([{ path: '', message: `The body can’t be accepted: ${json.reason}.` }])
  if (schema === undefined) return requireNothing(json.value)
  const parsed = schema.safeParse(json.value, { error: sentenceOf })
  if (parsed.success) return parsed.data
  throw invalid(errorsOf(parsed.error.issues))
}

/** Checks everything that the headers state about the body: other encodings would be misread. */
export function checkType(request: ServiceRequest, wanted: string): void {
  const type = headerOf(request, 'content-type')
  if ((type.split(';')[0] ?? '').trim().toLowerCase() !== wanted) {
    throw unsupported(`The body ${typeIn(type)}: send it as ${wanted}.`)
  }
  // JSON is UTF-8 (RFC 8259 §8.1), and so are the forms of OAuth (RFC 6749 appendix B)
  const charset = /;[ \t]*charset[ \t]*=[ \t]*"?([^";]*)/i.exec(type)?.[1]?.trim()
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw unsupported(`The body is in ${wordOr(charset, 'another charset')}: send it in UTF-8.`)
  }
  // Node decodes chunks, and no other coding (RFC 9112 §6.1)
  const transfer = headerOf(request, 'transfer-encoding').replace(/(?:^|,)[ \t]*chunked$/i, '')
  const coding = headerOf(request, 'content-encoding') || transfer
  if (coding !== '' && !/^identity$/i.test(coding)) {
    const how = `encoded with ${wordOr(coding, 'another coding')}`
    throw unsupported(`The body is ${how}: send it as it is, not encoded.`)
  }
}

function headerOf(request: ServiceRequest, name: HeaderName): string {
  return [request.header(name) ?? ''].flat().join(', ').trim()
}

function typeIn(header: string): string {
  if (header === '') return 'has no Content-Type'
  return `is ${wordOr(header.split(';')[0] ?? '', 'of another type')}`
}

/** The sender's text, if it is one short word. */
function wordOr(text: string, otherwise: string): string {
  return /^[\w./+-]{1,60}$/.test(text) ? text : otherwise
}

function unsupported(detail: string): KeyhavenError {
  return new KeyhavenError('unsupported_media_type', { detail })
}

function requireNothing(members: Readonly<Record<string, unknown>>): undefined {
  const names = Object.keys(members)
  if (names.length === 0) return undefined
  throw invalid(unexpected(names))
}

/** The refusal of a body over the limit. */
export function tooLarge(): KeyhavenError {
  return new KeyhavenError('payload_too_large')
}

/**
 * The refusal of a body that ended early, because the client disconnected or its framing is wrong.
 * The service has not failed.
 */
export function brokenOff(): KeyhavenError {
  return invalid([{ path: '', message: 'The body ended before its length: send it again.' }])
}

function invalid(
  errors: readonly { readonly path: string; readonly message: string }[],
): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors })
}
