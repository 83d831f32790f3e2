/** A fetch-style handler. The host passes the client's address if it has it. */
export type FetchHandler = (request: Request, connection?: ClientConnection) => Promise<Response>

/** What a fetch-style host knows about the connection of a request. */
export interface ClientConnection {
  /** The client's address. Without it all clients are counted together. */
  readonly address?: string | undefined
}
