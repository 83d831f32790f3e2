/** Stops what a call began; does nothing if that is over. */
export type Stop = () => void

/** One request to the service. */
export interface FeedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Callbacks of a connection. None is called after `ended`, or after the connection was stopped. */
export interface ResponseHandlers {
  answered(answer: {
    readonly status: number
    readonly type: string
    /** Seconds of `Retry-After`, if the answer has it. */
    readonly retryAfter: number | undefined
  }): void
  piece(bytes: Uint8Array): void
  ended(sentence: string): void
}

/** The clocks, timers and connections that the feed uses; a simulation passes its own. */
export interface FeedRuntime {
  /** Milliseconds on a clock that is never set. */
  readonly monotonic: () => number
  /** Milliseconds since 1970, by this machine's clock. */
  readonly wall: () => number
  /** Between 0 and 1. */
  readonly random: () => number
  readonly after: (milliseconds: number, work: () => void) => Stop
  /** Opens a connection of its own, to any process of the service. */
  readonly open: (request: FeedRequest, handlers: ResponseHandlers) => Stop
  /** Posts JSON; `done` is called once with the status, `undefined` if none came in time. */
  readonly post: (
    request: FeedRequest,
    body: string,
    done: (status: number | undefined) => void,
  ) => void
}
