import { KeyhavenError } from '@keyhaven/core/errors'
import type * as z from 'zod'
import type { ServiceRequest } from '../service-request.ts'
import { checkType, LONGEST } from './body.ts'
import { errorsOf, sentenceOf } from './errors-of.ts'

/** Parameters that may be sent several times (RFC 8707 §2, RFC 8693 §2.1); their values are lists. */
const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience'])

/**
 * Reads, parses and checks a form: only application/x-www-form-urlencoded in UTF-8, at most 64 KiB. A repeated
 * parameter is refused, an empty one counts as absent, and unknown ones are ignored (RFC 6749 §3.2).
 * @throws KeyhavenError.
 */
export async function readForm<S extends z.ZodType>(
  request: ServiceRequest,
  schema: S,
): Promise<z.output<S>> {
  const bytes = await request.read(LONGEST)
  if (bytes.length > 0) checkType(request, 'application/x-www-form-urlencoded')
  const parsed = schema.safeParse(parametersOf(bytes), { error: sentenceOf })
  if (parsed.success) return parsed.data
  throw new KeyhavenError('invalid_request', {
    errors: errorsOf(parsed.error.issues).map(({ path, message }) => ({
      path,
      message: `${path}: ${message}`,
    })),
  })
}

function parametersOf(bytes: Uint8Array): Readonly<Record<string, string | readonly string[]>> {
  const found = new Map<string, string | readonly string[]>()
  const seen = new Set<string>()
  for (const pair of textOf(bytes).split('&')) {
    if (pair === '') continue
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    const [key, text] = [decoded(name), decoded(value)]
    if (seen.has(key) && !REPEATABLE.has(key))
      throw invalid('A parameter is repeated: send it once.')
    seen.add(key)
    if (text === '') continue
    const former = found.get(key) ?? []
    found.set(key, REPEATABLE.has(key) ? [former, text].flat() : text)
  }
  return Object.fromEntries(found)
}

/** A percent-encoded part, in which `+` is a space. @throws KeyhavenError if it is not UTF-8. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw notUtf8()
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw notUtf8()
  }
}

function notUtf8(): KeyhavenError {
  return invalid('The form is not in UTF-8: encode its parameters in UTF-8.')
}

function invalid(message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path: '', message }] })
}
