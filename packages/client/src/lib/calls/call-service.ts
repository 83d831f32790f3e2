import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import type { Reply } from './results.ts'
import type { Runtime } from '../runtime.ts'

/** Milliseconds that the service is given to answer. */
const TIME_OUT = 10_000

/** One call of the service's API. */
export interface ServiceCall {
  readonly method: string
  readonly path: string
  readonly body?: object
  /** It must not count as the person's activity. */
  readonly background?: boolean | undefined
}

/** Calls the service. Network failures are no reply; never throws. */
export function callService(
  { fetch }: Pick<Runtime, 'fetch'>,
  url: string,
  { method, path, body, background }: ServiceCall,
  headers?: Readonly<Record<string, string>>,
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

/** What Keyhaven says: JSON, or `problem+json` (RFC 9457) if it refuses. Other answers only say when to come back. */
export async function replyIn(get: () => Response | Promise<Response>): Promise<Reply> {
  try {
    const response = await get()
    const { ok, status, headers } = response
    const retryAfter = Number(headers.get('retry-after'))
    const type = `application/${ok ? '' : 'problem+'}json`
    if (status === 204) return { status }
    if (!headers.get('content-type')?.startsWith(type)) return { status: 0, retryAfter }
    // Snapshots are made of it: no caller who gets one can change it for the others
    const freeze = (_name: string, value: unknown): unknown => Object.freeze(value)
    return { status, retryAfter, body: JSON.parse(await response.text(), freeze) }
  } catch {
    return undefined
  }
}
