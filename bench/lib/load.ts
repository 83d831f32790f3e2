import { Agent, request } from 'node:http'
import type { OutgoingHttpHeaders } from 'node:http'

/** One request of a load. */
export interface LoadRequest {
  readonly method?: string
  readonly url: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: object
  /** Instead of a body: the fields of a form. */
  readonly form?: Readonly<Record<string, string>>
}

/** The answer to one request, and how long it took. */
export interface LoadAnswer {
  readonly status: number
  readonly milliseconds: number
  readonly cookies: readonly string[]
  readonly body: string
}

// Closes idle connections before the service does, which is after 5 s
const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 4000 })

/** Sends one request on a connection that stays open. */
export function send({
  method = 'GET',
  url,
  headers,
  body,
  form,
}: LoadRequest): Promise<LoadAnswer> {
  const began = performance.now()
  const text = form ? new URLSearchParams(form).toString() : body && JSON.stringify(body)
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method,
        headers: {
          ...headers,
          ...(text && { 'content-type': type, 'content-length': text.length }),
        },
      },
      (response) => {
        let answer = ''
        response.on('data', (chunk: Buffer) => (answer += chunk.toString()))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            milliseconds: performance.now() - began,
            cookies: (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] ?? ''),
            body: answer,
          }),
        )
      },
    )
    sent.on('error', (cause) => {
      const spent = (performance.now() - began).toFixed(0)
      reject(new Error(`${method} ${url} failed after ${spent} ms`, { cause }))
    })
    sent.end(text)
  })
}

/** Keeps a number of requests in flight for some seconds. Throws if an answer has another status. */
export async function load(
  make: (at: number) => LoadRequest,
  {
    connections,
    seconds,
    status = 200,
  }: { readonly connections: number; readonly seconds: number; readonly status?: number },
): Promise<LoadAnswer[]> {
  const end = performance.now() + seconds * 1000
  const answers: LoadAnswer[] = []
  let at = 0
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const next = make(at++)
      const answer = await send(next)
      if (answer.status !== status) {
        throw new Error(`${next.url} answered ${answer.status}: ${answer.body.slice(0, 300)}`)
      }
      answers.push(answer)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return answers
}

/** The value that this share of the values is below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** The median of these values. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)
