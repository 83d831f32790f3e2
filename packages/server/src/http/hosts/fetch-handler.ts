import type { App } from '../app.ts'
import { brokenOff, tooLarge } from '../bodies/body.ts'
import { readableOf } from './response-writer.ts'
import { targetOf } from '../service-request.ts'
import type { Reply, ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import type { ClientConnection, FetchHandler } from './handler.ts'

/** Makes a fetch-style handler of the service, for any host that has requests and responses. */
export function fetchHandler(app: App, site: Site): FetchHandler {
  return async (request, connection) =>
    responseOf(await app(serviceRequestOf(request, site, connection)), request.method)
}

/** A fetch-style request in the form that the service and its guard read. */
export function serviceRequestOf(
  request: Request,
  site: Site,
  connection?: ClientConnection,
): ServiceRequest {
  const url = request.url.replace(/^https?:\/\/[^/?#]*/i, '')
  return {
    method: request.method,
    url,
    ...targetOf(url),
    header: (name) => request.headers.get(name) ?? hostIn(request, name),
    headerNames: () => [...request.headers.keys()],
    read: (most) => read(request, most),
    transport: site.transports.ofHost(connection),
  }
}

/** A request that no server has read names its host in its URL only. */
function hostIn({ url }: Request, name: string): string | undefined {
  return name === 'host' ? URL.parse(url)?.host : undefined
}

function responseOf({ status, headers, body, bytes, stream }: Reply, method: string): Response {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value].flat()) all.append(name, one)
  }
  const content = method === 'HEAD' ? null : stream ? readableOf(stream) : (bytes ?? body ?? null)
  return new Response(content, { status, headers: all })
}

async function read(request: Request, most: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge()
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body) {
      size += chunk.length
      if (size > most) break
      chunks.push(chunk)
    }
  } catch {
    throw brokenOff()
  }
  if (size > most) throw tooLarge()
  return Buffer.concat(chunks)
}
