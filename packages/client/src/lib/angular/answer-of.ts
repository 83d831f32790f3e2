import { HttpErrorResponse, HttpHeaders, HttpResponse } from '@angular/common/http'
import type { HttpEvent, HttpRequest } from '@angular/common/http'
import type { Auth } from '../auth.ts'

/** The answer to a request of `HttpClient`, which `auth.fetch` sends. */
export async function answerOf(
  auth: Auth,
  request: HttpRequest<unknown>,
  signal: AbortSignal,
): Promise<HttpEvent<unknown>> {
  const { method, urlWithParams: url, responseType } = request
  const headers = new Headers(
    request.headers.keys().map((name) => [name, request.headers.getAll(name)?.join(', ') ?? '']),
  )
  const type = request.detectContentTypeHeader()
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type)
  const body = request.serializeBody() as BodyInit | null
  const response = await auth.fetch(url, { method, headers, body, signal })
  const { status, statusText } = response
  const read = responseType === 'arraybuffer' ? 'arrayBuffer' : responseType
  const facts = {
    url: response.url,
    status,
    statusText,
    headers: new HttpHeaders(response.headers),
  }
  const text = response.clone()
  try {
    const value: unknown = status === 204 ? null : await response[read]()
    if (response.ok) return new HttpResponse({ ...facts, body: value })
    throw new HttpErrorResponse({ ...facts, error: value })
  } catch (error) {
    if (error instanceof HttpErrorResponse) throw error
    throw new HttpErrorResponse({ ...facts, error: await text.text() })
  }
}
