import { readdirSync, readFileSync } from 'node:fs'
import { packageFile } from '../../config/package-file.ts'
import { escapeHtml } from '../../mail/render.ts'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { brandFilesOf } from './brand-files.ts'
import { pageHeaders } from './page-headers.ts'

/** Types of the build's files, by the end of their names. */
const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** The name of a file changes with its content. */
export const FOREVER = 'public, max-age=31536000, immutable'

/** The page that `{issuer}/pages` leads to. */
const FIRST = 'sign-in'

/**
 * Serves the service's own pages below `{issuer}/pages/`, to which mails lead, and their files. They are read at the
 * first visit. The function returns `undefined` if there is no such page.
 */
export function createPages(site: Site): (request: ServiceRequest) => Answer | undefined {
  const folder = `${site.mount}/pages`
  let served: ((name: string, query: string) => Answer | undefined) | undefined
  return ({ method, path, query }) => {
    if (!path.startsWith(folder) || !['GET', 'HEAD'].includes(method)) return undefined
    const name = path.slice(folder.length)
    if (name !== '' && !name.startsWith('/')) return undefined
    served ??= servedFrom(filesOf(packageFile('dist/pages/')), site)
    return served(name, query)
  }
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

function servedFrom(files: ReadonlyMap<string, string>, site: Site) {
  const brand = brandFilesOf(site.brand, files.get('mark.svg') ?? '')
  const texts = {
    'brand-name': escapeHtml(brand.name),
    'brand-logo': brand.logoUrl,
    'brand-style': brand.styleUrl === undefined ? '' : styleLink(brand.styleUrl),
    'min-length': String(site.passwordMinLength),
    mount: escapeHtml(site.mount || '/'),
  }
  const headers = { 'content-type': 'text/html; charset=utf-8', ...pageHeaders(site) }
  return (path: string, query: string): Answer | undefined => {
    const name = path.slice(1)
    if (name === '') return files.has(`${FIRST}.html`) ? redirect(path, query) : undefined
    const page = name.includes('.') ? undefined : files.get(`${name}.html`)
    if (page !== undefined) return { status: 200, text: filled(page, texts), headers }
    if (files.size === 0) return undefined
    return brand.fileFor(name, query) ?? builtFile(files, name)
  }
}

/** A relative address, because a proxy may serve the pages below another one. */
function redirect(path: string, query: string): Answer {
  const location = `${path === '' ? 'pages/' : ''}${FIRST}${query === '' ? '' : `?${query}`}`
  return { status: 302, headers: { location } }
}

function builtFile(files: ReadonlyMap<string, string>, name: string): Answer | undefined {
  const text = files.get(name)
  const type = types[name.slice(name.lastIndexOf('.') + 1)]
  if (text === undefined || type === undefined) return undefined
  return { status: 200, text, headers: { 'content-type': type, 'cache-control': FOREVER } }
}

/** Replaces all placeholders in one pass: a name that looks like one stays as it is. */
function filled(page: string, texts: Readonly<Record<string, string>>): string {
  return page.replaceAll(/%([a-z-]+)%/g, (all, name: string) => texts[name] ?? all)
}

function styleLink(url: string): string {
  return `<link rel="stylesheet" href="${url}" />`
}
