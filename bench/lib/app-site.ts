import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { bundleOf } from '../../tools/bundle-size.ts'

/** The page of an application. */
export interface AppPage {
  /** Its script. It finds an element with the id `root`. */
  readonly contents: string
  /** The folder that has its packages; this one's if it is left out. */
  readonly folder?: string
  /** The origin that answers calls below a path, such as `/auth`. */
  readonly calls?: { readonly path: string; readonly to: string }
}

/** An application that is published as usual: its files are compressed, and calls go through its origin. */
export interface AppSite {
  readonly origin: string
  stop(): Promise<void>
}

/** A server on a free port, which answers when it knows its handler. */
export async function emptySite(): Promise<{
  readonly origin: string
  readonly server: HttpServer
}> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server }
}

/** Bundles a page and serves it. */
export async function serveApp(
  { contents, folder, calls }: AppPage,
  { origin, server } = { origin: '', server: createServer() },
): Promise<AppSite> {
  const { files } = await bundleOf(contents, { ...(folder && { folder }) })
  const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }
  const style = files.has('stdin.css') ? '<link rel="stylesheet" href="/stdin.css">' : ''
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">${style}
    <body><div id="root"></div><script type="module" src="/stdin.js"></script>`
  const zipped = new Map([...files].map(([name, text]) => [`/${name}`, gzipSync(text)]))
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { url = '/', method, headers } = request
    if (calls && url.startsWith(`${calls.path}/`)) {
      const onward = forward(calls.to + url, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      request.pipe(onward)
      return
    }
    const file = zipped.get(url)
    const type = file ? (types[url.slice(url.lastIndexOf('.') + 1)] ?? '') : 'text/html'
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
    response.end(file ?? gzipSync(page))
  })
  return {
    origin,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
