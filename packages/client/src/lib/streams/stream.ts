import type { AuthError, Result } from '../calls/results.ts'
import type { StreamOptions } from './open-stream.ts'
import type { StreamTools } from './stream-tools.ts'

/** The place of a stream, and the person whose it is. */
export interface Opening {
  readonly tools: StreamTools
  /** With the scheme `http` or `https`, also of a socket. */
  readonly address: URL
  readonly person: string
  readonly ticket: boolean
}

/** Why a stream is closed for good. */
export type Ending = Pick<AuthError, 'code' | 'status' | 'detail'>

/** The person of a stream is gone. */
export const signedOut: Ending = {
  code: 'not_signed_in',
  status: 401,
  detail: 'You are signed out. Sign in, then open the stream again.',
}

/** Resolves and checks the address of a stream: only the origins of the store get credentials. */
export async function openingOf(
  tools: StreamTools,
  url: string | URL,
  { kind, ticket }: StreamOptions & { readonly kind: 'events' | 'socket' },
): Promise<Opening | Ending> {
  const { page, streams } = tools
  const { runtime, service, isOurs } = streams
  const schemes = kind === 'socket' ? ['ws:', 'wss:'] : ['http:']
  const given = URL.canParse(url, page.base()) ? new URL(url, page.base()) : undefined
  const address = given && new URL(given.href.replace(/^ws/, 'http'))
  const isPlain = given?.username === '' && given.password === ''
  if (!address || !isPlain || ![...schemes, 'http:', 'https:'].includes(given.protocol)) {
    return wrong(
      `${String(url)} is no address of a stream: write a path, or a URL without a password that begins with ${schemes.join('//, ')}// or https://.`,
    )
  }
  address.hash = ''
  if (!isOurs(address)) {
    return wrong(
      `${address.origin} is none of this store's origins: list it in createAuth({ origins: ['${address.origin}'] }).`,
    )
  }
  if (page.store.known.state.status === 'loading') await page.ask({ type: 'ask' })
  const person = page.who()
  if (person === undefined) return signedOut
  const own = runtime.origin()
  // An app has no origin. It sends its token as a header, which a socket can't have
  const isOpen = own ? [own, service.origin].includes(address.origin) : kind === 'events'
  return { tools, address, person, ticket: ticket ?? !isOpen }
}

function wrong(detail: string): Ending {
  return { code: 'invalid_request', status: 0, detail }
}

/** The result of an act for a stream that can't be opened. */
export function refused(ending: Ending): Result<never> {
  return { ok: false, error: { errors: [], ...ending } as AuthError }
}

/** The address for one connection: with a ticket of its own, if it needs one. */
export async function addressFor({ tools, address, ticket }: Opening): Promise<string | AuthError> {
  if (!ticket) return address.href
  const result = await tools.ticketUrl(address)
  return result.ok ? result.url : result.error
}

/** Whether the person of a stream is still the one who is signed in, by what the page knows. */
export function isTheirs({ tools, person }: Opening): boolean {
  const { leaving } = tools.page.store.known.state
  return !leaving && tools.page.who() === person
}

/**
 * A stream that is closed when its person is gone: a sign-out in any tab, another person, the end of the session. Its
 * listeners are those of the browser's own streams, as properties too.
 */
export abstract class Stream extends EventTarget {
  readonly url: string
  onopen: ((event: Event) => unknown) | null = null
  onmessage: ((event: MessageEvent) => unknown) | null = null
  onerror: ((event: Event) => unknown) | null = null
  onclose: ((event: CloseEvent) => unknown) | null = null
  /** No event follows, and no connection. */
  protected isOver = false
  protected readonly opening: Opening
  readonly #stop: () => void

  constructor(opening: Opening, url: string) {
    super()
    this.url = url
    this.opening = opening
    this.#stop = opening.tools.streams.listeners.on('signed-out', ({ reason }) =>
      this.end({ ...signedOut, code: reason as AuthError['code'] }),
    )
  }

  /** Closes the connection, and reports why. */
  protected abstract end(ending: Ending): void

  /** Whether this is the first end. */
  protected finish(): boolean {
    if (this.isOver) return false
    this.isOver = true
    this.#stop()
    return true
  }

  override dispatchEvent(event: Event): boolean {
    const own = (this as unknown as Record<string, unknown>)[`on${event.type}`]
    // An own handler that throws must not stop the stream
    if (typeof own === 'function' && /^(open|message|error|close)$/.test(event.type)) {
      super.addEventListener(event.type, own as EventListener, { once: true })
    }
    return super.dispatchEvent(event)
  }
}
