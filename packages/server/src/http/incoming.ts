import type { IncomingMessage } from 'node:http'
import type { GuardRequest } from '@keyhaven/guard'

/** Headers that must not be repeated: Node would silently take the first, or join them (HTTP-1). */
const once = ['authorization', 'host', 'origin', 'content-type', 'content-length']

/** The request as checks read it: repeated headers show as lists where the raw message is known. */
export function guardRequestOf(
  request: Request,
  incoming: IncomingMessage | undefined,
): GuardRequest {
  return {
    method: request.method,
    url: new URL(request.url).pathname,
    header: (name) =>
      incoming
        ? incoming.headersDistinct[name.toLowerCase()]
        : (request.headers.get(name) ?? undefined),
  }
}

/** The name of a header that came twice and must not. */
export function repeatedHeader(request: GuardRequest): string | undefined {
  return once.find((name) => {
    const value = request.header(name)
    return Array.isArray(value) && value.length > 1
  })
}
