import type { IncomingMessage, ServerResponse } from 'node:http'

/** A `node:http` listener; its promise resolves when the response is written. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>
