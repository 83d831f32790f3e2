import { HttpErrorResponse, HttpHeaders, HttpResponse } from '@angular/common/http'
import type { HttpEvent, HttpRequest } from '@angular/common/http'
import type { Auth } from '../auth.ts'

/** The answer to a request of `HttpClient`, which `auth.fetch` sends. Every failure is Angular's error. */
export async function answerOf(
  auth: Auth,
  request: HttpRequest<unknown>,
  ended: AbortSignal,
): Promise<HttpEvent<unknown>> {
  const { urlWithParams: url, responseType } = request
  const isJson = responseType === 'json'
  const read = isJson ? 'text' : responseType === 'arraybuffer' ? 'arrayBuffer' : responseType
  const { response, received } = await send().catch((error: unknown) => {
    throw new HttpErrorResponse({ url, error })
  })
  const facts = {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    redirected: response.redirected,
    responseType: response.type,
    headers: new HttpHeaders(response.headers),
  }
  const body = isJson ? parsed(received as string) : { value: received }
  if (response.ok && 'value' in body) return new HttpResponse({ ...facts, body: body.value })
  const error = 'value' in body ? body.value : response.ok ? body : body.text
  throw new HttpErrorResponse({ ...facts, error })

  async function send(): Promise<{ readonly response: Response; readonly received: unknown }> {
    const response = await auth.fetch(url, initOf(request, ended))
    return { response, received: await response[read]() }
  }
}

/** What `fetch` takes of a request. */
function initOf(request: HttpRequest<unknown>, ended: AbortSignal): RequestInit {
  const { method, keepalive, cache, priority, mode, redirect } = request
  const { referrer, referrerPolicy, integrity, timeout } = request
  const headers = new Headers(
    request.headers.keys().map((name) => [name, request.headers.getAll(name)?.join(', ') ?? '']),
  )
  const type = request.detectContentTypeHeader()
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  const more = { keepalive, cache, priority, mode, redirect, referrer, referrerPolicy, integrity }
  const given = Object.entries(more).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(given),
    method,
    headers,
    body: request.serializeBody() as BodyInit | null,
    signal: timeout ? AbortSignal.any([ended, AbortSignal.timeout(timeout)]) : ended,
  }
}

/** As Angular reads JSON: without its prefix against scripts of other sites, and an empty text as `null`. */
function parsed(
  text: string,
): { readonly value: unknown } | { readonly error: unknown; readonly text: string } {
  const plain = text.replace(/^\)\]\}',?\n/, '')
  try {
    return { value: plain === '' ? null : JSON.parse(plain) }
  } catch (error) {
    return { error, text }
  }
}
