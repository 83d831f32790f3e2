import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import type { Reply } from './result.ts'
import type { Runtime } from './runtime.ts'

/** Milliseconds that the service is given to answer. */
const TIME_OUT = 10_000

/** One call of the service's API. */
export interface ServiceCall {
  readonly method: string
  readonly path: string
  readonly body?: object
  /** It must not count as the person's activity. */
  readonly background?: boolean
}

/** Calls the service. Network failures and answers that are not its own are no reply; never throws. */
export function callService(
  { fetch }: Pick<Runtime, 'fetch'>,
  url: string,
  { method, path, body, background, headers }: ServiceCall & Sent,
): Promise<Reply> {
  const json = body && { body: JSON.stringify(body) }
  return replyIn(() =>
    fetch(url + path, {
      method,
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIME_OUT),
      headers: {
        ...headers,
        ...(json && { 'Content-Type': 'application/json' }),
        ...(background && { [BACKGROUND_HEADER]: '1' }),
      },
      ...json,
    }),
  )
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>
}

/** What Keyhaven says: JSON, or `problem+json` (RFC 9457) where it refuses. */
export async function replyIn(get: () => Response | Promise<Response>): Promise<Reply> {
  try {
    const response = await get()
    const { ok, status, headers } = response
    if (status === 204) return { status }
    const type = `application/${ok ? '' : 'problem+'}json`
    if (!headers.get('content-type')?.startsWith(type)) return undefined
    // Snapshots are made of it: nobody who gets one can change it for the others
    const freeze = (_name: string, value: unknown): unknown => Object.freeze(value)
    return { status, body: JSON.parse(await response.text(), freeze) }
  } catch {
    return undefined
  }
}
