import { KeyhavenError } from '@keyhaven/core/errors'
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span } from '@opentelemetry/api'

/** Creates no spans, at almost no cost, until the process registers an SDK. */
const tracer = trace.getTracer('@keyhaven/server')

/**
 * Runs work in a child span of the current request. Periodic work belongs to no request and gets no
 * span.
 */
export function inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (trace.getActiveSpan() === undefined) return work()
  return tracer.startActiveSpan(name, (span) => ended(span, work))
}

/** Runs a request in a span named by its route, never by its path, which may contain ids. */
export function inRequestSpan<T>(
  { method, path, name }: { readonly method: string; readonly path: string; readonly name: string },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const attributes: Attributes = { 'http.request.method': method, 'http.route': path }
  return tracer.startActiveSpan(name, { kind: SpanKind.SERVER, attributes }, (span) =>
    ended(span, work),
  )
}

/** Records the response; only 5xx is an error of the service. */
export function noteAnswer(span: Span, status: number, code: string | undefined): void {
  span.setAttribute('http.response.status_code', status)
  if (code !== undefined) span.setAttribute('error.type', code)
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Records only the code of an error: messages and stacks may quote the request. */
async function ended<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(span)
  } catch (error) {
    span.setAttribute('error.type', error instanceof KeyhavenError ? error.code : 'internal')
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}
