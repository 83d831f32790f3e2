import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import type { Rollup } from 'vite'

/** The page of an application. */
export interface AppPage {
  readonly name: string
  /** Its script. It finds an element with the id `root`. */
  readonly contents: string
  /** The folder that has its packages; the checkout if it is left out. */
  readonly folder?: string
  /** The origin that answers calls below a path, such as `/auth`. */
  readonly calls?: { readonly path: string; readonly to: string }
}

/** An application that is published as usual: its files are compressed, and calls go through its origin. */
export interface AppSite {
  readonly origin: string
  stop(): Promise<void>
}

/** A server without a handler. */
export interface EmptySite {
  readonly origin: string
  readonly server: HttpServer
}

/** Starts a server on a free port: a service must know the origin of its pages before they are served. */
export async function emptySite(): Promise<EmptySite> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server }
}

/** Builds an application with Vite, without its sources. @returns its files by path. */
async function builtFiles({
  name,
  contents,
  folder,
}: AppPage): Promise<ReadonlyMap<string, Buffer>> {
  const sources = join(folder ?? join(import.meta.dirname, '../..'), '.work/apps', name)
  mkdirSync(sources, { recursive: true })
  writeFileSync(join(sources, 'main.tsx'), contents)
  writeFileSync(
    join(sources, 'index.html'),
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,"></head>
    <body><div id="root"></div><script type="module" src="/main.tsx"></script></body></html>`,
  )
  const built = await build({
    root: sources,
    configFile: false,
    logLevel: 'error',
    build: { write: false, chunkSizeWarningLimit: 1000 },
  })
  const { output } = built as Rollup.RollupOutput
  return new Map(
    output.map((file) => {
      const text = file.type === 'chunk' ? file.code : file.source
      return [`/${file.fileName}`, gzipSync(text)]
    }),
  )
}

/** Builds an application and serves it. */
export async function serveApp(app: AppPage, { origin, server }: EmptySite): Promise<AppSite> {
  const files = await builtFiles(app)
  const { calls } = app
  const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }
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
    if (url.startsWith('/api/')) {
      response.writeHead(404).end()
      return
    }
    const type = types[url.slice(url.lastIndexOf('.') + 1)]
    response.writeHead(200, { 'content-type': type ?? 'text/html', 'content-encoding': 'gzip' })
    response.end(files.get(type === undefined ? '/index.html' : url))
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
