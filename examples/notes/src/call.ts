import { auth } from './auth.ts'

/** Milliseconds that an API has to answer. */
const TIME_OUT = 20_000

const unreachable = 'There is no connection to the service. Check your network, then try again.'
const strange = 'The service can’t answer now. Wait a moment, then try again.'

/**
 * Calls an API through `auth.fetch`, which sends the cookie and the XSRF header. Throws an error with a sentence
 * for the person; the browser's own message is not shown.
 */
export async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const limit = timeOut()
  const response = await auth
    .fetch(path, { ...init, signal: limit.signal })
    .catch(() => {
      throw new Error(unreachable)
    })
    .finally(limit.stop)
  if (response.status === 204) return undefined as T
  // The answer may come from a proxy or the sign-in page of a network
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body as T
  const detail = (body as { detail?: unknown } | undefined)?.detail
  throw new Error(typeof detail === 'string' ? detail : strange)
}

/** A signal that fires after the time-out, which does not run while calls wait for the person's password. */
function timeOut(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  const start = (): number => window.setTimeout(() => controller.abort(), TIME_OUT)
  let timer = start()
  const forget = auth.on('step-up', ({ waiting }) => {
    clearTimeout(timer)
    if (waiting === 0) timer = start()
  })
  const stop = (): void => {
    clearTimeout(timer)
    forget()
  }
  return { signal: controller.signal, stop }
}

/** Calls an API with a JSON body. */
export function send<T>(method: string, path: string, body: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' }
  return call<T>(path, { method, headers, body: JSON.stringify(body) })
}

/** The sentence of a failure. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : strange
}
