import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { packageFile } from '../../config/package-file.ts'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'

/** Types of the files, by the end of their names. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** A file of the build. Scripts and styles are the same for everyone, so they are compressed once. */
interface BuiltFile {
  readonly text: string
  readonly zipped: Uint8Array<ArrayBuffer> | undefined
}

/** The build's files by name; none in a bundle of an application, which leaves them behind. */
function filesOf(folder: URL): ReadonlyMap<string, BuiltFile> {
  try {
    return new Map(
      readdirSync(folder).map((name) => {
        const text = readFileSync(new URL(name, folder), 'utf8')
        return [name, { text, zipped: name.endsWith('.html') ? undefined : gzipSync(text) }]
      }),
    )
  } catch {
    return new Map()
  }
}

let files: ReadonlyMap<string, BuiltFile> | undefined

/**
 * The service's own pages below `{issuer}/pages/`, to which mails lead. They are read at the first
 * visit. `undefined` if there is no such page.
 */
export function pageFor(request: ServiceRequest, site: Site): Answer | undefined {
  const { method, path } = request
  const folder = `${site.mount}/pages/`
  if (!path.startsWith(folder) || !['GET', 'HEAD'].includes(method)) return undefined
  files ??= filesOf(packageFile('dist/pages/'))
  const name = path.slice(folder.length)
  const isPage = !name.includes('.')
  const file = files.get(isPage ? `${name}.html` : name)
  if (file === undefined || name.endsWith('.html')) return undefined
  const type = types[isPage ? 'html' : name.slice(name.lastIndexOf('.') + 1)]
  if (type === undefined) return undefined
  const { text, zipped } = file
  if (isPage) {
    // A form shows the rules of a password before the service refuses one
    const filled = text.replace('%min-length%', String(site.passwordMinLength))
    return { status: 200, text: filled, headers: { 'content-type': type, ...pageHeaders(site) } }
  }
  const headers = {
    'content-type': type,
    // The name of a script changes with its content
    'cache-control': 'public, max-age=31536000, immutable',
    vary: `${site.standingHeaders['vary']}, Accept-Encoding`,
  }
  return zipped && acceptsGzip(request)
    ? { status: 200, bytes: zipped, headers: { ...headers, 'content-encoding': 'gzip' } }
    : { status: 200, text, headers }
}

function acceptsGzip(request: ServiceRequest): boolean {
  const codings = String(request.header('accept-encoding') ?? '').split(',')
  return codings.some((one) => /^ *gzip *(; *q=(1|0\.\d*[1-9]).*)?$/i.test(one))
}

/** No other path of the host, such as an app's uploads, can give a page its scripts (H31). */
function pageHeaders({ issuer, pages }: Site): Readonly<Record<string, string>> {
  // A visit through another origin, such as a development server's proxy, loads and calls that origin
  const folders = [...new Set([`${issuer}/pages/`, `${pages}/`])]
  const services = folders.map((folder) => new URL('..', folder).href)
  const policy = [
    "default-src 'none'",
    `script-src ${folders.join(' ')}`,
    `style-src ${folders.join(' ')}`,
    `connect-src ${services.join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'noopener-allow-popups',
  }
}
