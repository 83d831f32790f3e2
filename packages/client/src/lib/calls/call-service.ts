import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import type { Reply } from './results.ts'
import type { Runtime } from '../runtime.ts'

/** Milliseconds that the service has to answer. */
const TIME_OUT = 10_000

/** One call of the service's API. */
export interface ServiceCall {
  readonly method: string
  readonly path: string
  readonly body?: object
  /** Whether the service must not count it as the person's activity. */
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

/** Reads Keyhaven's answer: JSON, or `problem+json` (RFC 9457) for a refusal. Of any other only `Retry-After` is read. */
export async function replyIn(get: () => Response | Promise<Response>): Promise<Reply> {
  try {
    const response = await get()
    const { ok, status, headers } = response
    const retryAfter = Number(headers.get('retry-after'))
    const type = `application/${ok ? '' : 'problem+'}json`
    if (status === 204) return { status }
    if (!headers.get('content-type')?.startsWith(type)) return { status: 0, retryAfter }
    // The state is made of these objects, so no caller may change them
    const freeze = (_name: string, value: unknown): unknown => Object.freeze(value)
    return { status, retryAfter, body: JSON.parse(await response.text(), freeze) }
  } catch {
    return undefined
  }
}
