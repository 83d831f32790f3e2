// @vitest-environment jsdom
import '@angular/compiler'
import {
  HttpClient,
  HttpErrorResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http'
import { provideZonelessChangeDetection } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { createAuth } from '@keyhaven/client'
import { keyhavenInterceptor, provideKeyhaven } from '@keyhaven/client/angular'
import { firstValueFrom } from 'rxjs'
import type { Observable } from 'rxjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { aloneRuntime } from './alone-runtime.ts'
import { view } from './test-service.ts'

let http: HttpClient
/** What the API answers, and what it has been sent. */
let answer: (request: Request) => Response | Promise<Response>
let sent: Request

beforeAll(async () => {
  const auth = createAuth({
    runtime: {
      ...aloneRuntime,
      fetch: async (url, init = {}) => {
        const request = url instanceof Request ? url : new Request(url, init)
        if (request.url.includes('/auth/')) return Response.json(view)
        sent = request
        return answer(request)
      },
    },
  })
  const { injector } = await createApplication({
    providers: [
      provideZonelessChangeDetection(),
      provideKeyhaven(auth),
      provideHttpClient(withInterceptors([keyhavenInterceptor])),
    ],
  })
  http = injector.get(HttpClient)
})

const refused = (call: Observable<unknown>): Promise<HttpErrorResponse> =>
  firstValueFrom(call).then(
    () => Promise.reject(new Error('It was answered.')),
    (error: unknown) => {
      if (!(error instanceof HttpErrorResponse)) throw error
      return error
    },
  )

describe('the interceptor of Angular', () => {
  it('reads an answer as HttpClient does', async () => {
    answer = () => new Response(`)]}',\n{"a":1}`, { headers: { 'x-page': '2' } })
    const whole = await firstValueFrom(http.get('/api/notes', { observe: 'response' }))
    expect([whole.status, whole.headers.get('x-page'), whole.body]).toEqual([200, '2', { a: 1 }])
    for (const [status, text, body] of [
      [204, null, null],
      [200, '', null],
      [200, '0', 0],
    ] as const) {
      answer = () => new Response(text, { status })
      expect(await firstValueFrom(http.get('/api/notes'))).toBe(body)
    }
    answer = () => new Response('plain')
    expect(await firstValueFrom(http.get('/api/notes', { responseType: 'text' }))).toBe('plain')
    const bytes = await firstValueFrom(http.get('/api/notes', { responseType: 'arraybuffer' }))
    expect(new TextDecoder().decode(bytes)).toBe('plain')
  })
  it('sends the body, its type, the headers and the options of fetch', async () => {
    answer = () => Response.json({})
    const options = { headers: { 'x-a': ['1', '2'] }, params: { q: 'a b' }, keepalive: true }
    await firstValueFrom(http.post('/api/notes', { text: 'x' }, options))
    const { headers } = sent
    expect([headers.get('content-type'), headers.get('x-a')]).toEqual(['application/json', '1, 2'])
    expect([sent.method, await sent.text(), sent.keepalive]).toEqual(['POST', '{"text":"x"}', true])
    await firstValueFrom(http.post('/api/notes', new FormData()))
    expect(sent.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/)
  })
  it('makes every failure an HttpErrorResponse', async () => {
    answer = () => Response.json({ code: 'not_found' }, { status: 404 })
    const gone = await refused(http.get('/api/notes'))
    expect([gone.status, gone.error]).toEqual([404, { code: 'not_found' }])
    answer = () => new Response('<h1>Portal</h1>', { status: 502 })
    expect((await refused(http.get('/api/notes'))).error).toBe('<h1>Portal</h1>')
    answer = () => new Response('no JSON')
    const wrong = await refused(http.get('/api/notes'))
    expect([wrong.status, (wrong.error as { text: string }).text]).toEqual([200, 'no JSON'])
    answer = () => Promise.reject(new TypeError('Failed to fetch'))
    const away = await refused(http.get('/api/notes'))
    expect([away.status, away.error]).toEqual([0, new TypeError('Failed to fetch')])
    answer = ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      )
    const late = await refused(http.get('/api/notes', { timeout: 1 }))
    expect([late.status, (late.error as Error).name]).toEqual([0, 'TimeoutError'])
  })
})
