import { BACKGROUND_HEADER, TOKEN_PATH } from '@keyhaven/core/wire'
import type { OAuthError, TokenAnswer } from '@keyhaven/core/wire'
import type { Runtime } from '../runtime.ts'

/** Milliseconds that one request has. A caller waits no longer than its own limit; the tokens are adopted later too. */
const TIME_OUT = 30_000
/** Milliseconds after which a request that is not answered is repeated beside the first. */
const PATIENCE = 4000
/** Milliseconds after which a request that failed is repeated. */
const PAUSE = 500

/** The next tokens, or why the session is over. */
export type Refreshed =
  | {
      readonly tokens: Required<Pick<TokenAnswer, 'access_token' | 'refresh_token' | 'expires_in'>>
    }
  | { readonly over: string }

/** The service, as its token endpoint is called. */
export interface TokenEndpoint {
  readonly runtime: Pick<Runtime, 'fetch' | 'after'>
  /** The URL of the service, without a slash at the end. */
  readonly href: string
}

/**
 * Uses a refresh token. Without an answer the same token is sent once more, because the service repeats its answer for
 * ten seconds (RFC 9700 §4.14.2).
 * @throws Error if the service could not be reached or failed: nothing is known of the session then.
 */
export function refresh(
  endpoint: TokenEndpoint,
  token: string,
  background: boolean,
): Promise<Refreshed> {
  const form = { client_id: 'native', grant_type: 'refresh_token', refresh_token: token }
  return twice(endpoint, async () => {
    const response = await post(endpoint, { form, background })
    const body = await jsonOf(response)
    const { access_token, refresh_token, expires_in } = body as Partial<TokenAnswer>
    if (response.ok && access_token && refresh_token && Number.isFinite(expires_in)) {
      return { tokens: { access_token, refresh_token, expires_in: expires_in as number } }
    }
    const { error, code = '' } = body as Partial<OAuthError> & { readonly code?: string }
    if (response.status < 500 && error === 'invalid_grant') {
      return { over: /^(session|account)_\w+$/.test(code) ? code : 'session_ended' }
    }
    throw new Error(`The token endpoint answered with status ${response.status}.`)
  })
}

function post({ runtime, href }: TokenEndpoint, { form, background }: Posting): Promise<Response> {
  return runtime.fetch(href + TOKEN_PATH, {
    method: 'POST',
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(TIME_OUT),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(background && { [BACKGROUND_HEADER]: '1' }),
    },
    body: new URLSearchParams(form).toString(),
  })
}

interface Posting {
  readonly form: Readonly<Record<string, string>>
  readonly background: boolean
}

async function jsonOf(response: Response): Promise<object> {
  const value: unknown = await response.json().catch(() => undefined)
  return typeof value === 'object' && value !== null ? value : {}
}

/** The first answer to two requests: the second one is sent when the first has failed, or is not answered yet. */
function twice<T>({ runtime }: TokenEndpoint, request: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let failures = 0
    let hasSecond = false
    const second = (): void => {
      stop()
      if (hasSecond) return
      hasSecond = true
      begin()
    }
    let stop = runtime.after(PATIENCE, second)
    const begin = (): void => {
      request().then(
        (answer) => {
          hasSecond = true
          stop()
          resolve(answer)
        },
        (error: unknown) => {
          if (++failures === 2) return reject(error as Error)
          stop()
          if (!hasSecond) stop = runtime.after(PAUSE, second)
        },
      )
    }
    begin()
  })
}
