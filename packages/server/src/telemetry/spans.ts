import { KeyhavenError } from '@keyhaven/core/errors'
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, Span } from '@opentelemetry/api'

/** Says nothing and costs next to nothing until the process registers an SDK. */
const tracer = trace.getTracer('@keyhaven/server')

/** Runs work inside a span of the request that it belongs to. What happens by the clock belongs to none. */
export function inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (trace.getActiveSpan() === undefined) return work()
  return tracer.startActiveSpan(name, (span) => ended(span, work))
}

/** The span of a request, named by its route: never by its address, which may hold ids. */
export function inRequestSpan<T>(
  { method, path, name }: { readonly method: string; readonly path: string; readonly name: string },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const attributes: Attributes = { 'http.request.method': method, 'http.route': path }
  return tracer.startActiveSpan(name, { kind: SpanKind.SERVER, attributes }, (span) =>
    ended(span, work),
  )
}

/** Notes how a request was answered; a refusal of the client is no error of the service's. */
export function noteAnswer(span: Span, status: number, code: string | undefined): void {
  span.setAttribute('http.response.status_code', status)
  if (code !== undefined) span.setAttribute('error.type', code)
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Of an error only its code is kept: messages and stacks may quote what came with the request. */
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
