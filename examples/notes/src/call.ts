import { auth } from './auth.ts'

/** Milliseconds that an API is given to answer. */
const TIME_OUT = 20_000

const unreachable = 'There is no connection to the service. Check your network, then try again.'
const strange = 'The service can’t answer now. Wait a moment, then try again.'

/**
 * Calls an API through `auth.fetch`: the cookie and the XSRF header go along. Every failure becomes an
 * error whose message is a sentence for the person; what the browser says about it is shown nowhere.
 */
export async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const signal = AbortSignal.timeout(TIME_OUT)
  const response = await auth.fetch(path, { ...init, signal }).catch(() => {
    throw new Error(unreachable)
  })
  if (response.status === 204) return undefined as T
  // Something else may have answered, such as a proxy or the sign-in page of a network
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body as T
  const detail = (body as { detail?: unknown } | undefined)?.detail
  throw new Error(typeof detail === 'string' ? detail : strange)
}

/** The same, with a body. */
export function send<T>(method: string, path: string, body: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' }
  return call<T>(path, { method, headers, body: JSON.stringify(body) })
}

/** The sentence of a failure. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : strange
}
