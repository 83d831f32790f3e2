import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { readFile, writeFile } from 'node:fs/promises'
import { makeCertificate } from '../proxies/https-sites.ts'
import { answers, freePort, root, run, until } from '../processes/process.ts'
import { startService } from '../processes/running-service.ts'
import type { RunningService } from '../processes/running-service.ts'

/** One origin with a page, the service and an API behind it, each a process or a server of its own. */
export interface PageSite {
  readonly origin: string
  readonly service: RunningService
  /** Every request for the service or the API that was answered. */
  readonly seen: SeenRequest[]
  close(): Promise<void>
}

/** A request that reached the service or the API. */
export interface SeenRequest {
  /** `METHOD /path`. */
  readonly line: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly headers: IncomingMessage['headers']
  /** Whether its answer was lost. */
  readonly cut: boolean
}

interface Wanted {
  /** A script in `tests/journeys/pages`, with its ending. */
  readonly script: string
  /** Whether the origin has https, with a certificate that a browser is made to trust. */
  readonly isSecure?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** The value that bundlers write for `process.env.NODE_ENV`. */
  readonly mode?: 'development' | 'production'
  /** Whether the answer to a request is lost on its way, after the service has sent it. */
  readonly cut?: (request: IncomingMessage) => boolean
  /** A promise that a request for the service or the API waits for before it is passed on. */
  readonly hold?: (request: IncomingMessage) => Promise<void> | undefined
  /** Changes the headers of an answer before the browser receives them. */
  readonly rewrite?: (headers: Headers) => Headers
}

type Headers = Record<string, string | string[] | undefined>

/** Starts a page, the service and the API, and a proxy between them that a test can disturb. */
export async function startPageSite({
  script,
  isSecure = false,
  environment = {},
  mode = 'production',
  cut = () => false,
  hold = () => undefined,
  rewrite = (headers) => headers,
}: Wanted): Promise<PageSite> {
  const scripts = await bundledPage(script, mode)
  const [port, apiPort] = [await freePort(), await freePort()]
  const origin = `http${isSecure ? 's' : ''}://localhost:${port}`
  const example = join(root, 'examples/notes')
  const service = await startService({
    url: `${origin}/auth`,
    environment: { KEYHAVEN_ACCESS: join(example, 'access.ts'), ...environment },
  })
  const seen: SeenRequest[] = []
  const pass = async (
    to: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    await hold(request)
    const { method = 'GET', url = '/', headers } = request
    const onward = forward(to + url, { method, headers }, (answer) => {
      const isCut = cut(request)
      seen.push({ line: `${method} ${url}`, at: Date.now(), headers, cut: isCut })
      if (isCut) {
        answer.resume()
        request.socket.destroy()
        return
      }
      response.writeHead(answer.statusCode ?? 502, rewrite({ ...answer.headers }))
      answer.pipe(response)
    })
    response.on('close', () => onward.destroy())
    onward.on('error', () => request.socket.destroy())
    request.pipe(onward)
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { url = '/' } = request
    if (url.startsWith('/auth')) void pass(new URL(service.address).origin, request, response)
    else if (url.startsWith('/api')) void pass(`http://127.0.0.1:${apiPort}`, request, response)
    else if (scripts.has(url)) {
      const type = url.endsWith('.css') ? 'text/css' : 'text/javascript'
      response.setHeader('content-type', type).end(scripts.get(url))
    } else {
      const html = documentWith(scripts.has('/page.css'))
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
    }
  }
  const made = isSecure ? await makeCertificate(['localhost']) : undefined
  const server = made
    ? createSecureServer({ key: made.key, cert: made.certificate }, answer)
    : createServer(answer)
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const certificate = join(service.data, 'page-certificate.pem')
  if (made) await writeFile(certificate, made.certificate)
  const api = run([process.execPath, '--conditions=keyhaven-source', 'api.ts'], {
    folder: example,
    environment: {
      ISSUER: service.issuer,
      PORT: String(apiPort),
      ...(made && { NODE_EXTRA_CA_CERTS: certificate }),
    },
  })
  await until('the API answers', () => answers(`http://127.0.0.1:${apiPort}/api/health`))
  return {
    origin,
    service,
    seen,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await Promise.all([api.stop(), service.close()])
    },
  }
}

/** The page: a body that its script fills. */
function documentWith(isStyled: boolean): string {
  const head = isStyled
    ? '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/page.css">'
    : ''
  return `<!doctype html><html lang="en"><title>page</title>${head}<body><script type="module" src="/page.js"></script>`
}

/** The script and its chunks, bundled for a browser, by their paths. */
export async function bundledPage(
  script: string,
  mode: string,
): Promise<ReadonlyMap<string, string>> {
  const outdir = join(root, '.work/page-site')
  const { outputFiles } = await build({
    entryPoints: { page: join(root, 'tests/journeys/pages', script) },
    bundle: true,
    splitting: true,
    outdir,
    format: 'esm',
    write: false,
    conditions: ['keyhaven-source'],
    jsx: 'automatic',
    plugins: [svelte],
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(outdir.length), text]))
}

/** Compiles the components of Svelte. */
const svelte: Plugin = {
  name: 'svelte',
  setup: (building) => {
    building.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile } = await import('svelte/compiler')
      const { js } = compile(await readFile(path, 'utf8'), { generate: 'client', filename: path })
      return { contents: js.code, loader: 'js' }
    })
  },
}
