import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Target } from './targets.ts'

/** The header by which a server knows a request that it has passed on itself. */
export const PASSED_BY = 'keyhaven-vite'

/** Headers of one connection (RFC 9110 §7.6.1). */
const ofConnection = /^(connection|keep-alive|proxy-connection|te|trailer|upgrade|http2-settings)$/

/**
 * The headers of a request to its target: as they came, repeated ones too, but `Host`, which is the target's. Requests
 * from other machines are marked as forwarded, so that what is open to this machine only stays closed to them.
 */
export function requestHeaders(
  { rawHeaders, headers, socket }: IncomingMessage,
  { origin }: Target,
  id: string,
): OutgoingHttpHeaders {
  const values = grouped(rawHeaders)
  const withOne = (name: string, value: string): string =>
    [...(values[name] ?? []), value].join(', ')
  const passed: OutgoingHttpHeaders = {
    ...values,
    host: new URL(origin).host,
    [PASSED_BY]: withOne(PASSED_BY, id),
  }
  const address = socket.remoteAddress ?? ''
  if (isLoopbackAddress(address)) return passed
  return {
    ...passed,
    'x-forwarded-for': withOne('x-forwarded-for', address),
    'x-forwarded-host': headers.host ?? headers[':authority']?.toString(),
    'x-forwarded-proto': 'encrypted' in socket ? 'https' : 'http',
  }
}

/** The headers of an answer, each with all its values: several `Set-Cookie` stay several. */
export function answerHeaders({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const { 'transfer-encoding': _framing, ...passed } = grouped(rawHeaders)
  return passed
}

/** Names in small letters, without pseudo headers and those of one connection. */
function grouped(rawHeaders: readonly string[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    if (name.startsWith(':') || ofConnection.test(name)) continue
    groups[name] = [...(groups[name] ?? []), rawHeaders[at + 1] ?? '']
  }
  return groups
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}
