import { request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

/** An answer as a person's browser would get it. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** `undefined` where there is none, or no JSON. */
  readonly body: unknown
  /** The cookies that it sets, as names and values. */
  readonly cookies: ReadonlyMap<string, string>
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** Milliseconds to wait for an answer: longer than anything in between waits. */
const PATIENCE = 20_000

/** Asks on a connection of its own; `undefined` where no answer came, or only part of one. */
export async function ask(
  url: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer | undefined> {
  const sent = request(url, {
    agent: false,
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(PATIENCE),
  })
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject)
      sent.end(body && JSON.stringify(body))
    })
    const { statusCode: status = 0, headers: answered } = response
    const cookies = new Map(setCookies(response).map(({ name, value }) => [name, value]))
    return { status, headers: answered, body: parsed(await text(response)), cookies }
  } catch {
    return undefined
  }
}

function parsed(whole: string): unknown {
  try {
    return JSON.parse(whole)
  } catch {
    return undefined
  }
}
