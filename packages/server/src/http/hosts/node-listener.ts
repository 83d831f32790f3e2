import type { IncomingMessage, ServerResponse } from 'node:http'
import { KeyhavenError } from '@keyhaven/core/errors'
import { guardRequest } from '@keyhaven/guard/kit'
import type { App } from '../app.ts'
import { brokenOff, tooLarge } from '../bodies/body.ts'
import type { Listener } from './listener.ts'
import { responseWriter } from './response-writer.ts'
import { targetOf } from '../service-request.ts'
import type { Reply, ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Makes a `node:http` listener of the service, which also works in Express. */
export function nodeListener(app: App, site: Site): Listener {
  return async (request, response) => write(await app(requestOf(request, site)), response)
}

function requestOf(incoming: IncomingMessage, site: Site): ServiceRequest {
  const { method = 'GET', url = '/' } = incoming
  return Object.assign(guardRequest(incoming, { method, url }), targetOf(url), {
    headerNames: () => Object.keys(incoming.headers),
    read: (most: number) => read(incoming, most),
    transport: site.transports.ofNode(incoming),
  })
}

async function write({ status, headers, body, bytes, stream }: Reply, response: ServerResponse) {
  if (stream === undefined) {
    const content = bytes ?? body
    const length = content === undefined ? 0 : Buffer.byteLength(content)
    const framing = status === 204 ? {} : { 'content-length': length }
    response.writeHead(status, { ...headers, ...framing } as Record<string, string>).end(content)
    return
  }
  response.writeHead(status, headers as Record<string, string>)
  // A response to HEAD has no stream to wait for
  if (response.req.method === 'HEAD') return void response.end()
  // The stream starts even if the client has disconnected, because only its end frees its place
  const stop = stream(responseWriter(response))
  if (!response.destroyed) await new Promise((resolve) => response.once('close', resolve))
  stop()
}

function read(incoming: IncomingMessage, most: number): Promise<Uint8Array> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = incoming.headers
  if (encoding === undefined && length === '0') return Promise.resolve(nothing)
  if (incoming.readableDidRead) throw new KeyhavenError('internal', { reason: readBefore })
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (done: () => void) => (): void => {
      incoming.off('data', take).off('end', end).off('close', away).off('error', away)
      done()
    }
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size > most) tooMuch()
      else chunks.push(chunk)
    }
    const end = settle(() => resolve(Buffer.concat(chunks)))
    const away = settle(() => reject(brokenOff()))
    const tooMuch = settle(() => {
      // The rest is discarded, so that the response arrives
      incoming.resume()
      reject(tooLarge())
    })
    if (Number(length) > most) return tooMuch()
    incoming.on('data', take).on('end', end).on('close', away).on('error', away)
  })
}

const nothing = new Uint8Array()

const readBefore =
  'something read the body before the service could: mount the service above every body parser'
