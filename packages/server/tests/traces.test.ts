import { rmSync } from 'node:fs'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changing, databaseIn } from '@keyhaven/stage/databases/databases'
import { newPerson, password, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
})
let service: Service

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  service = await serve(newFolder())
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
  await provider.shutdown()
  trace.disable()
  context.disable()
})
beforeEach(() => exporter.reset())

const spans = (): ReadableSpan[] => exporter.getFinishedSpans()

/** The span of the one request with this name, and those that belong to it. */
function requestSpan(name: string): { readonly span: ReadableSpan; readonly inner: string[] } {
  const [span, ...more] = spans().filter((one) => one.name === name)
  if (span === undefined || more.length > 0) throw new Error(`${name}: not one span`)
  const trace = span.spanContext().traceId
  const inner = spans().filter((one) => one !== span && one.spanContext().traceId === trace)
  for (const { parentSpanContext } of inner) {
    expect(parentSpanContext?.spanId).toBe(span.spanContext().spanId)
  }
  return { span, inner: inner.map((one) => one.name).toSorted() }
}

describe('spans, if the process has an OpenTelemetry SDK', () => {
  it('name each request by its route, with its hash and transactions inside', async () => {
    const { email } = await newPerson(service)
    exporter.reset()
    await send(service, 'POST /sessions', { body: { login: email, password } })
    const { span, inner } = requestSpan('POST /sessions')
    expect(span.kind).toBe(SpanKind.SERVER)
    expect(span.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/sessions',
      'http.response.status_code': 201,
    })
    expect(inner).toEqual(['keyhaven.hash', 'keyhaven.transaction'])
  })

  it('name a refusal by its code, and do not report it as an error of the service', async () => {
    const { email } = await newPerson(service)
    exporter.reset()
    await send(service, 'POST /sessions', { body: { login: email, password: 'not this one' } })
    const { span } = requestSpan('POST /sessions')
    expect(span.attributes).toMatchObject({
      'http.response.status_code': 401,
      'error.type': 'invalid_credentials',
    })
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
  })

  it('report a failing database as an error', async () => {
    const person = await newPerson(service)
    exporter.reset()
    const letGo = await changing(await databaseIn(service.data), 'update accounts set name = name')
    try {
      await send(service, 'DELETE /sessions/current', { person })
    } finally {
      await letGo()
    }
    const { span } = requestSpan('DELETE /sessions/current')
    expect(span.attributes).toMatchObject({
      'http.response.status_code': 503,
      'error.type': 'unavailable',
    })
    expect(span.status.code).toBe(SpanStatusCode.ERROR)
  })

  it('contain no credential and no user’s name, id or address', async () => {
    const key = await service.keyhaven.guards.add('notes-api')
    const person = await newPerson(service)
    await send(service, `GET /accounts/${person.id}?marker=stranger`, { person })
    await send(service, `DELETE /sessions/${person.session}`, { person })
    await send(service, 'GET /metrics', { headers: { authorization: `Bearer ${key}` } })
    await send(service, 'GET /user/current', { headers: { authorization: 'Bearer a.b.c' } })
    const ours = spans().filter(({ name }) => name.startsWith('keyhaven.'))
    // What happens by the clock, or by a call of the library, is no request
    for (const { parentSpanContext } of ours) expect(parentSpanContext).toBeDefined()
    const said = spans().map(({ name, attributes, events, status }) =>
      JSON.stringify({ name, attributes, events, status }),
    )
    expect(said.length).toBeGreaterThan(6)
    const secrets = [
      person.email,
      person.id,
      person.session,
      person.token,
      person.view.xsrfToken,
      key,
    ]
    for (const secret of [...secrets, password, 'stranger', 'a.b.c', '127.0.0.1']) {
      expect(said.join('\n')).not.toContain(secret)
    }
    const names = new Set(spans().flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...names].toSorted()).toEqual([
      'error.type',
      'http.request.method',
      'http.response.status_code',
      'http.route',
    ])
  })
})
