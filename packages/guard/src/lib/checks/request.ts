import type { ErrorDetails } from '@keyhaven/core/errors'

/** The name of a header in lower case: any other would be missed by a request that compares exactly. */
export type HeaderName = Lowercase<string>

/** The part of a request that a guard needs; every framework has it. */
export interface GuardRequest {
  readonly method: string
  /** Path with its query, as the client sent it. */
  readonly url: string
  /** A header by its lower-case name; a list if it is repeated. */
  header(name: HeaderName): string | readonly string[] | undefined
  /** The address of the machine that sent it, if the host knows it: for the log, for keys that are limited to addresses, and for tickets. */
  peer?(): string | undefined
  /** Set by an adapter that has checked already: a header that must not be repeated and is, `null` for none. */
  readonly repeated?: string | null
}

/** Headers that must not be repeated: Node would silently use the first, or join them (HTTP-1). */
const once = ['authorization', 'host', 'origin', 'content-type', 'content-length'] as const

/** The name of a header that is repeated and must not be. */
function repeatedHeader(request: GuardRequest): string | undefined {
  if (request.repeated !== undefined) return request.repeated ?? undefined
  for (const name of once) {
    const value = request.header(name)
    if (value !== undefined && typeof value !== 'string' && value.length > 1) return name
  }
  return undefined
}

/** The details of the refusal of a request with such a header; `undefined` if it has none. */
export function repetition(request: GuardRequest): ErrorDetails | undefined {
  const path = repeatedHeader(request)
  return path === undefined ? undefined : { errors: [{ path, message: 'Send this header once.' }] }
}

/** The part of `IncomingMessage` that `guardRequest` reads. */
export interface NodeHeaders {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Names and values in turn, as the client sent them. */
  readonly rawHeaders: readonly string[]
  readonly socket?: { readonly remoteAddress?: string | undefined } | null
}

/**
 * A request of `node:http` for a guard. `url` is the one that the client sent, before a router cut a part off.
 * Node uses the first of some repeated headers, and joins others; here those that must not be repeated are
 * lists.
 */
export function guardRequest(
  message: NodeHeaders,
  { method, url }: Pick<GuardRequest, 'method' | 'url'>,
): GuardRequest {
  return new NodeRequest(message, method, url)
}

/** A class, as an object for each request with functions of its own takes longer than a check. */
class NodeRequest implements GuardRequest {
  readonly method: string
  readonly url: string
  private readonly message: NodeHeaders
  /** The repeated headers that must not be, usually `none`; `undefined` until they were looked for. */
  private twice: readonly string[] | undefined

  constructor(message: NodeHeaders, method: string, url: string) {
    this.method = method
    this.url = url
    this.message = message
    this.twice = undefined
  }

  get repeated(): string | null {
    this.twice ??= repeatedOf(this.message.rawHeaders)
    return this.twice[0] ?? null
  }

  header(name: HeaderName): string | readonly string[] | undefined {
    const { headers, rawHeaders } = this.message
    this.twice ??= repeatedOf(rawHeaders)
    return this.twice.length > 0 && this.twice.includes(name)
      ? valuesOf(rawHeaders, name)
      : headers[name]
  }

  peer(): string | undefined {
    return this.message.socket?.remoteAddress
  }
}

/** The repeated headers that must not be. Length and first letter rule out nearly all other names. */
function repeatedOf(rawHeaders: readonly string[]): readonly string[] {
  let seen = 0
  let twice: string[] | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    const one = byLength[name.length]
    if (one === undefined || (name.charCodeAt(0) | 0x20) !== one.initial) continue
    // As browsers and programs write it, or in any other case
    if (name !== one.usual && name !== one.lower && name.toLowerCase() !== one.lower) continue
    if ((seen & one.bit) !== 0) (twice ??= []).push(one.lower)
    seen |= one.bit
  }
  return twice ?? none
}

const none: readonly string[] = []

/** The headers of `once` by the lengths of their names, which all differ. */
const byLength = Array.from({ length: 32 }, (_, length) => {
  const which = once.findIndex((name) => name.length === length)
  const lower = once[which]
  return (
    lower && {
      lower,
      usual: lower.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
      initial: lower.charCodeAt(0),
      bit: 1 << which,
    }
  )
})

function valuesOf(rawHeaders: readonly string[], lower: string): readonly string[] {
  return rawHeaders.filter(
    (_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === lower,
  )
}

/** One value of a header; `null` for a repeated one, which is malformed. */
export function single(request: GuardRequest, name: HeaderName): string | null | undefined {
  const value = request.header(name)
  if (value === undefined || typeof value === 'string') return value
  return value.length === 1 ? value[0] : null
}

/** Whether a method changes nothing (RFC 9110 §9.2.1); all others need proof that an allowed page sent them. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** Whether a page sent the request without its user, so that it does not count as activity. */
export function isBackground(request: GuardRequest): boolean {
  return request.header('keyhaven-background') !== undefined
}

/** Whether a request opens a web socket (RFC 6455 §4.1). */
export function isUpgrade(request: GuardRequest): boolean {
  if (request.method !== 'GET') return false
  const value = request.header('upgrade')
  return value !== undefined && /\bwebsocket\b/i.test(String(value))
}
