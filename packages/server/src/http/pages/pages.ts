import { packageFile } from '../../config/package-file.ts'
import { escapeHtml } from '../../mail/render.ts'
import type { Answer } from '../endpoint.ts'
import type { ServiceRequest } from '../service-request.ts'
import type { Site } from '../site.ts'
import { brandFilesOf } from './brand-files.ts'
import { answerFile, builtFiles } from './built-files.ts'
import type { BuiltFiles } from './built-files.ts'
import { pageHeaders } from './page-headers.ts'

/** The page that `{issuer}/pages` leads to. */
const FIRST = 'sign-in'

let files: BuiltFiles | undefined

/**
 * Serves the service's own pages below `{issuer}/pages/`, to which mails lead, and their files. They are read at the
 * first visit. The function returns `undefined` if there is no such page.
 */
export function createPages(site: Site): (request: ServiceRequest) => Answer | undefined {
  const folder = `${site.mount}/pages`
  let served: ((name: string, request: ServiceRequest) => Answer | undefined) | undefined
  return (request) => {
    const { method, path } = request
    if (!path.startsWith(folder) || !['GET', 'HEAD'].includes(method)) return undefined
    const name = path.slice(folder.length)
    if (name !== '' && !name.startsWith('/')) return undefined
    files ??= builtFiles(packageFile('dist/pages/'))
    served ??= servedFrom(files, site)
    return served(name, request)
  }
}

function servedFrom(built: BuiltFiles, site: Site) {
  const brand = brandFilesOf(site.brand, built.get('mark.svg')?.text ?? '')
  const texts = {
    'brand-name': escapeHtml(brand.name),
    'brand-logo': brand.logoUrl,
    'brand-style': brand.styleUrl === undefined ? '' : styleLink(brand.styleUrl),
    'min-length': String(site.passwordMinLength),
    mail: site.mailSignIn ? ' mail' : '',
  }
  const headers = { 'content-type': 'text/html; charset=utf-8', ...pageHeaders(site) }
  return (path: string, request: ServiceRequest): Answer | undefined => {
    const name = path.slice(1)
    if (name === '') return built.has(`${FIRST}.html`) ? redirect(path, request.query) : undefined
    const page = name.includes('.') ? undefined : built.get(`${name}.html`)?.text
    if (page !== undefined) return { status: 200, text: filled(page, texts), headers }
    if (built.size === 0) return undefined
    return brand.fileFor(name, request.query) ?? answerFile(built, name, { request, site })
  }
}

/** A relative address, because a proxy may serve the pages below another one. */
function redirect(path: string, query: string): Answer {
  const location = `${path === '' ? 'pages/' : ''}${FIRST}${query === '' ? '' : `?${query}`}`
  return { status: 302, headers: { location } }
}

/** Replaces all placeholders in one pass: a name that looks like one stays as it is. */
function filled(page: string, texts: Readonly<Record<string, string>>): string {
  return page.replaceAll(/%([a-z-]+)%/g, (all, name: string) => texts[name] ?? all)
}

function styleLink(url: string): string {
  return `<link rel="stylesheet" href="${url}" />`
}
