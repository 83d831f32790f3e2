/** The least of a request that a guard needs; every framework has it. */
export interface GuardRequest {
  readonly method: string
  /** Path with its query, as the client sent it. */
  readonly url: string
  /** A header by its lower-case name; a list where it came more than once. */
  header(name: string): string | readonly string[] | undefined
}

/** Headers that must not be repeated: Node would silently take the first, or join them (HTTP-1). */
const once = ['authorization', 'host', 'origin', 'content-type', 'content-length'] as const

/** The name of a header that came twice and must not. */
export function repeatedHeader(request: GuardRequest): string | undefined {
  return once.find((name) => {
    const value = request.header(name)
    return Array.isArray(value) && value.length > 1
  })
}

/** One value of a header; a repeated one counts as malformed and reads as `null`. */
export function single(request: GuardRequest, name: string): string | null | undefined {
  const value = request.header(name)
  if (value === undefined || typeof value === 'string') return value
  return value.length === 1 ? value[0] : null
}

/** Methods that change nothing (RFC 9110 §9.2.1); all others need proof that our own page sent them. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}
