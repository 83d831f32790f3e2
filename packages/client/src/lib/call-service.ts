import { XSRF_HEADER } from '@keyhaven/core/wire'
import type { Reply } from './result.ts'
import type { Runtime } from './runtime.ts'

/** Milliseconds that the service is given to answer. */
const TIME_OUT = 10_000

/** One call of the service's API. */
export interface ServiceCall {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly xsrf?: string | undefined
}

/** Calls the service. Network failures and answers that are not its own are `nobody`; never throws. */
export async function callService(
  { fetch }: Pick<Runtime, 'fetch'>,
  url: string,
  { method, path, body, xsrf }: ServiceCall,
): Promise<Reply> {
  try {
    const response = await fetch(url + path, {
      method,
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIME_OUT),
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(xsrf !== undefined && { [XSRF_HEADER]: xsrf }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const { ok, status } = response
    if (status === 204) return { by: 'service', status, body: undefined }
    if (!isJson(response, ok ? '' : 'problem+')) return { by: 'nobody' }
    return { by: 'service', status, body: frozen(await response.text()) }
  } catch {
    return { by: 'nobody' }
  }
}

/** Whether an answer is JSON of this kind; refusals are `problem+json` (RFC 9457). */
export function isJson({ headers }: Response, kind: '' | 'problem+'): boolean {
  return headers.get('content-type')?.split(';')[0]?.trim() === `application/${kind}json`
}

/** What a snapshot is made of: nobody who gets it can change it for the others. */
function frozen(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) => Object.freeze(value))
}
