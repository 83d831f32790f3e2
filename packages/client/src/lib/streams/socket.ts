import type { AuthError, Result } from '../calls/results.ts'
import { Stream, addressFor, isTheirs, openingOf, refused } from './stream.ts'
import type { Ending, Opening } from './stream.ts'
import type { AuthSocket, SocketOptions } from './open-stream.ts'
import type { StreamTools } from './stream-tools.ts'

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3] as const

/** The close code of a socket whose token or session was revoked. */
const REVOKED = 4401
/** The code that browsers report for a socket that has broken, or never opened. */
const BROKEN = 1006
/** Milliseconds after which an open socket is stable: another revocation is a new one. */
const PROVES = 10_000

type How = ConstructorParameters<typeof WebSocket>[1]

/** Opens a web socket. */
export async function openSocket(
  tools: StreamTools,
  url: string | URL,
  { protocols, ...options }: SocketOptions = {},
): Promise<Result<{ readonly socket: AuthSocket }>> {
  const opening = await openingOf(tools, url, { ...options, kind: 'socket' })
  if ('code' in opening) return refused(opening)
  const how: How = typeof protocols === 'object' ? [...protocols] : protocols
  return { ok: true, socket: new KeptSocket(opening, how) }
}

/** A web socket that is opened a second time if its token was revoked or refused, and its person is still there. */
class KeptSocket extends Stream implements AuthSocket {
  readonly #how: How
  #socket: WebSocket | undefined
  #isClosing = false
  #isRenewed = false
  #binaryType: BinaryType = 'blob'

  constructor(opening: Opening, how: How) {
    super(opening, opening.address.href.replace(/^http/, 'ws'))
    this.#how = how
    // The caller listens first
    opening.tools.streams.runtime.after(0, () => void this.#connect())
  }

  get readyState(): number {
    if (this.isOver) return CLOSED
    if (this.#isClosing) return CLOSING
    return this.#socket?.readyState === OPEN ? OPEN : CONNECTING
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  get binaryType(): BinaryType {
    return this.#binaryType
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type
    if (this.#socket) this.#socket.binaryType = type
  }

  readonly send = (data: string | BufferSource | Blob): void => {
    if (this.readyState === CONNECTING || !this.#socket) {
      throw new DOMException(
        'The socket is not open: send in a listener for its event open.',
        'InvalidStateError',
      )
    }
    this.#socket.send(data as string)
  }

  readonly close = (code?: number, reason?: string): void => {
    if (this.isOver || this.#isClosing) return
    const isOpen = this.#socket?.readyState === OPEN
    // Checks its arguments too
    this.#socket?.close(code, reason)
    this.#isClosing = true
    if (!isOpen) void Promise.resolve().then(() => this.#over(BROKEN, ''))
  }

  protected end({ code }: Ending): void {
    this.#socket?.close(REVOKED, code)
    this.#over(REVOKED, code)
  }

  #over(code: number, reason: string): void {
    const wasClean = code !== BROKEN
    if (!this.finish()) return
    if (!wasClean) this.dispatchEvent(new Event('error'))
    this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }))
  }

  async #connect(): Promise<void> {
    const { runtime } = this.opening.tools.streams
    const address = await addressFor(this.opening)
    if (this.isOver || this.#isClosing) return
    if (typeof address !== 'string') return this.#refused(address)
    const sentAt = runtime.now()
    let openedAt: number | undefined
    const socket = this.#open(address.replace(/^http/, 'ws'))
    if (!socket) return
    this.#socket = socket
    socket.binaryType = this.#binaryType
    socket.onopen = () => {
      openedAt = runtime.now()
      if (!this.isOver) this.dispatchEvent(new Event('open'))
    }
    socket.onmessage = ({ data, origin }: MessageEvent<unknown>) => {
      if (!this.isOver) this.dispatchEvent(new MessageEvent('message', { data, origin }))
    }
    socket.onclose = ({ code, reason }) => {
      if (openedAt !== undefined && runtime.now() - openedAt >= PROVES) this.#isRenewed = false
      const mayRenew = code === REVOKED || openedAt === undefined
      const refusedAt = openedAt === undefined ? sentAt : runtime.now()
      if (mayRenew && !this.#isRenewed && !this.#isClosing) void this.#renew(refusedAt, reason)
      else this.#over(code, reason)
    }
  }

  /** The browser's socket; none if it refuses the address or the subprotocols, which ends this one. */
  #open(address: string): WebSocket | undefined {
    try {
      return new WebSocket(address, this.#how)
    } catch (fault) {
      this.#over(BROKEN, fault instanceof Error ? fault.message : '')
      return undefined
    }
  }

  /** Connects once more, if the person is still signed in. */
  async #renew(refusedAt: number, reason: string): Promise<void> {
    this.#isRenewed = true
    const isKnown = await this.opening.tools.page.recheck(refusedAt)
    if (this.isOver || this.#isClosing) return
    if (isKnown && isTheirs(this.opening)) return this.#connect()
    this.#over(isTheirs(this.opening) ? BROKEN : REVOKED, reason)
  }

  /** No ticket was given. */
  #refused({ status, code }: AuthError): void {
    const isPassing = status === 429 || status >= 500
    this.#over(isPassing ? BROKEN : REVOKED, isPassing ? '' : code)
  }
}
