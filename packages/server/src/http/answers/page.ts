import { readdirSync, readFileSync } from 'node:fs'
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

/** The build's files by name; none in a bundle of an application, which leaves them behind. */
function filesOf(folder: URL): ReadonlyMap<string, string> {
  try {
    return new Map(
      readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
    )
  } catch {
    return new Map()
  }
}

let files: ReadonlyMap<string, string> | undefined

/**
 * The service's own pages below `{issuer}/pages/`, to which mails lead. They are read at the first
 * visit. `undefined` if there is no such page.
 */
export function pageFor({ method, path }: ServiceRequest, site: Site): Answer | undefined {
  const folder = `${site.mount}/pages/`
  if (!path.startsWith(folder) || !['GET', 'HEAD'].includes(method)) return undefined
  files ??= filesOf(packageFile('dist/pages/'))
  const name = path.slice(folder.length)
  const isPage = !name.includes('.')
  const text = files.get(isPage ? `${name}.html` : name)
  if (text === undefined || name.endsWith('.html')) return undefined
  const type = types[isPage ? 'html' : name.slice(name.lastIndexOf('.') + 1)]
  if (type === undefined) return undefined
  return {
    status: 200,
    // A form shows the rules of a password before the service refuses one
    text: isPage ? text.replace('%min-length%', String(site.passwordMinLength)) : text,
    headers: {
      'content-type': type,
      // The name of a script changes with its content
      ...(isPage ? pageHeaders(site) : { 'cache-control': 'public, max-age=31536000, immutable' }),
    },
  }
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
