import { request as overHttp } from 'node:http'
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request as overHttps } from 'node:https'
import { TIMED_OUT } from './faults.ts'

/** Milliseconds that a target has to accept a connection. Its answer may take any time. */
const TIME_OUT = 10_000

/** A request to send to a target, without its body. */
export interface Outgoing {
  readonly origin: string
  readonly path: string
  readonly method?: string | undefined
  readonly headers?: OutgoingHttpHeaders
}

/** Opens a request on a connection of its own: a target that was started anew has closed the older ones. */
export function send({ origin, path, method, headers }: Outgoing): ClientRequest {
  const isSecure = origin.startsWith('https:')
  // A parsed `path` would lose what a URL may not contain, such as a space that is not encoded
  const { hostname, port } = new URL(origin)
  const request = (isSecure ? overHttps : overHttp)({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    path,
    method,
    headers,
    agent: false,
  })
  const timer = setTimeout(() => request.destroy(timedOut()), TIME_OUT)
  const connected = (): void => clearTimeout(timer)
  request.once('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', connected))
  return request.once('close', connected)
}

/** Gets a small JSON document. @throws an error of the connection. */
export async function getJson(
  origin: string,
  path: string,
): Promise<{ status: number; body: unknown }> {
  const request = send({ origin, path })
  const timer = setTimeout(() => request.destroy(timedOut()), TIME_OUT)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject).end()
    })
    let text = ''
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk
      if (text.length > 100_000) break
    }
    return { status: answer.statusCode ?? 0, body: parsed(text) }
  } finally {
    clearTimeout(timer)
    request.destroy()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function timedOut(): Error {
  return Object.assign(new Error('no answer in time'), { code: TIMED_OUT })
}
