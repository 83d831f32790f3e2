import type { OutgoingHttpHeader, ServerResponse } from 'node:http'

/**
 * Adds cookies to the answer when its head is written. A handler can neither drop them nor make the answer
 * cacheable, which is private because of them.
 */
export function setCookies(response: ServerResponse, cookies: readonly string[]): void {
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse
  response.writeHead = (...given: unknown[]) => {
    const last = given.at(-1)
    if (typeof last === 'object' && last !== null) given[given.length - 1] = apart(response, last)
    response.appendHeader('Set-Cookie', cookies)
    response.setHeader('Cache-Control', 'private, no-store')
    return writeHead(...given)
  }
}

/** The handler's headers, as `writeHead` expects them, without its own cookies, which are set here. */
function apart(response: ServerResponse, headers: object): unknown[] {
  return entriesOf(headers).flatMap(([name, value]) => {
    const lower = name.toLowerCase()
    if (lower === 'cache-control') return []
    if (lower !== 'set-cookie') return [name, value]
    response.appendHeader(name, [value].flat().map(String))
    return []
  })
}

/** The headers of `writeHead`, which are an object, or names and values in turn. */
function entriesOf(headers: object): [string, OutgoingHttpHeader][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  const pairs: [string, OutgoingHttpHeader][] = []
  for (let at = 0; at < headers.length; at += 2) {
    pairs.push([String(headers[at]), headers[at + 1] as OutgoingHttpHeader])
  }
  return pairs
}
