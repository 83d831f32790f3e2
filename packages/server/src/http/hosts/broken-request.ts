import { STATUS_CODES } from 'node:http'
import { KeyhavenError } from '@keyhaven/core/errors'
import { newRequestId } from '../../secrets/random.ts'
import { refuse } from '../answers/respond.ts'
import type { Reply } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Answers by the code with which Node's parser rejects a request; any other code is 400. */
const kinds: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The header fields are too long. Send at most 16 KiB of them.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too long. Send none.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time. Send it again.'],
}

const MALFORMED = 'This is not a valid HTTP/1.1 request. Correct its framing and its header fields.'

/**
 * The answer to a request that Node rejects before the service gets it; it has the headers of every
 * answer.
 */
export function brokenRequest(code: string | undefined, site: Site): Reply {
  const [status, detail] = kinds[code ?? ''] ?? [400, MALFORMED]
  const error = new KeyhavenError(status === 413 ? 'payload_too_large' : 'invalid_request', {
    detail,
  })
  const { headers, body = '', ...reply } = refuse(error, site, false)
  const problem = JSON.stringify({ ...(JSON.parse(body) as object), status })
  const more = {
    'content-length': String(Buffer.byteLength(problem)),
    'x-request-id': newRequestId(),
    connection: 'close',
  }
  return { ...reply, status, headers: { ...headers, ...more }, body: problem }
}

/** A reply as HTTP/1.1 bytes, for a socket without a response object. */
export function bytesOf({ status, headers, body = '' }: Reply): string {
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `date: ${new Date().toUTCString()}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
    '',
    body,
  ].join('\r\n')
}
