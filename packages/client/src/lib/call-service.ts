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

/** Calls the service. Network failures, 5xx and answers that are not its own are `nobody`; never throws. */
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
    const { status } = response
    if (status === 204) return { by: 'service', status, body: undefined }
    const type = response.headers.get('content-type') ?? ''
    if (!/^application\/(problem\+)?json/.test(type)) return { by: 'nobody' }
    return { by: 'service', status, body: await response.json() }
  } catch {
    return { by: 'nobody' }
  }
}
